import logging

import psycopg2
from odoo import models
from odoo.http import request
from werkzeug.exceptions import BadRequest, InternalServerError

_logger = logging.getLogger(__name__)
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
    """Nonsense sent to one of core's pages from outside is a bad request, not a failure of the server."""

    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        try:
            return super()._dispatch(endpoint)
        except MISUNDERSTOOD as error:
            ours = ".cpa_" in endpoint.func.__module__  # a failure of ours is one
            user = request.env.user  # nobody, where a route asks for none
            if ours or endpoint.routing["type"] != "http" or (user and user._is_internal()):
                raise
            _logger.info("%s did not understand its values", request.httprequest.path, exc_info=True)
            raise BadRequest from error
