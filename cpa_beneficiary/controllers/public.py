from odoo.http import request

# Filled by machines only: people neither see nor reach it.
HONEYPOT = "company_website"
# A page that shows something of somebody is neither kept by the telephone nor found by a search.
PRIVATE = {
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
READ = {"type": "http", "auth": "public", "website": True, "sitemap": False, "methods": ["GET"], "readonly": True}
# The token is checked by ``PublicPage._refused``, with what was typed kept: the page of an expired one must not
# swallow what somebody wrote.
SEND = {"type": "http", "auth": "public", "website": True, "sitemap": False, "methods": ["POST"], "csrf": False}


class PublicPage:
    """What the pages have in common on which anybody sends something.

    No controller itself: Odoo makes one class of all that extend a controller, and their methods would meet.
    """

    def _refused(self, params):
        """Return why what was sent is not taken in, in the language of the page; None if nothing speaks against it."""
        if request.validate_csrf(params.get("csrf_token")):
            return None
        return request.env._("The page had become too old. Please send it once more.")

    def _by_machine(self, params):
        """Return whether a machine filled the form: it gets the thanks of everybody, and nothing is kept."""
        return bool(params.get(HONEYPOT))

    def _too_many(self, *counts):
        """Count attempts and return what is said where there were too many; None within the limits.

        :param counts: ``(scope, key, times)``; a key of None is the network address
        """
        limit = request.env["cpa.rate.limit"]
        address = limit._network(request.httprequest.remote_addr)
        # all are counted, whichever refuses
        allowed = [limit._allows(scope, address if key is None else key, times) for scope, key, times in counts]
        if all(allowed):
            return None
        return request.env._("Too many attempts came from here within an hour. Call us, or try again later.")

    def _show(self, template, values, status=200, private=True):
        """Return the page; ``honeypot`` and ``company`` are there for every one of them."""
        company = request.website.company_id.sudo()  # name and telephone, which anybody may know
        values = {"honeypot": HONEYPOT, "company": company, "errors": {}, "typed": {}, **values}
        response = request.render(template, values, status=status)
        if private:
            response.headers.update(PRIVATE)
        return response
