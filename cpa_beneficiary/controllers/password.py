from odoo import http
from odoo.addons.auth_signup.controllers.main import AuthSignupHome
from odoo.http import request


class PasswordPage(AuthSignupHome):
    """Core's page of a forgotten password."""

    @http.route()
    def web_auth_reset_password(self, *args, **kw):
        # core answers an e-mail address in the page's own with the login of who has it
        request.params.pop("signup_email", None)
        return super().web_auth_reset_password(*args, **kw)
