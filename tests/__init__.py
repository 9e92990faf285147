"""Tests of what crosses the add-ons. Odoo test classes here need @tagged: no add-on tags them."""
