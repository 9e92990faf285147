import logging
import re

import psycopg2
from odoo import models
from odoo.http import request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest, InternalServerError

from .crm_lead_website import NOT_TYPED

_logger = logging.getLogger(__name__)
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# What core's pages raise for values that none of their own links and forms would send.
MISUNDERSTOOD = (
    ArithmeticError,
    AttributeError,
    InternalServerError,
    LookupError,
    NotImplementedError,
    TypeError,
    ValueError,
    psycopg2.DataError,
)


class IrHttp(models.AbstractModel):
    """What no person sends: our pages are given text as people type it; where core's pages do not understand what
    comes from outside, that is a bad request, not a failure of the server.
    """

    _inherit = "ir.http"

    @classmethod
    def _serve_fallback(cls):
        # no address has such a character, and the database takes none
        return None if "\0" in request.httprequest.path else super()._serve_fallback()

    @classmethod
    def _match(cls, path):
        # core puts the address into the header that leads to another language, which takes none of these
        return super()._match(CONTROL.sub("", path))

    @classmethod
    def _pre_dispatch(cls, rule, args):
        super()._pre_dispatch(rule, args)
        posted = rule.endpoint.routing["type"] == "http" and request.httprequest.method == "POST"
        if posted and "csrf_token" in request.httprequest.files:
            raise BadRequest

    @classmethod
    def _dispatch(cls, endpoint):
        if endpoint.routing["type"] != "http":
            return super()._dispatch(endpoint)
        ours = ".cpa_" in endpoint.func.__module__  # a failure of ours is one
        if ours:
            request.params = cls._typed(request.params)
        try:
            return super()._dispatch(endpoint)
        except MISUNDERSTOOD as error:
            user = request.env.user  # nobody, where a route asks for none
            if ours or (user and user._is_internal()):
                raise
            _logger.info("%s did not understand its values", request.httprequest.path, exc_info=True)
            raise BadRequest from error

    @classmethod
    def _post_dispatch(cls, response):
        super()._post_dispatch(response)
        # a page of one's own is not kept by a telephone that others use, too
        if request.httprequest.path.startswith("/my"):
            response.headers.setdefault("Cache-Control", "no-store, private")

    @classmethod
    def _typed(cls, params):
        """Return values of a form without what no keyboard types, and without files: pages ask for those."""
        return {
            name: NOT_TYPED.sub(" ", value) if isinstance(value, str) else value
            for name, value in params.items()
            if not isinstance(value, FileStorage)
        }
