"""Domains that PostgreSQL answers by indexes where Odoo's own way of writing them would read whole tables."""

from odoo.fields import Domain
from odoo.orm.domains import DomainOr
from odoo.tools import SQL


def each_by_index(domain):
    """Return a domain of the same records, each alternative of which is looked up by itself.

    ``a OR EXISTS (…)`` is answered by reading the whole table, however few records either side has;
    ``id IN (… UNION ALL …)`` by as many look-ups as there are alternatives.

    :param domain: ``Domain``, usually an OR; a record rule's (alternatives are searched with all rights)
    :return: ``Domain``
    """
    if not isinstance(domain, DomainOr):
        return domain

    def to_sql(model, alias, query):
        records = model.sudo().with_context(active_test=False)
        found = [records._search(alternative) for alternative in domain.children]
        selects = [each.subselect(SQL.identifier(model._table, "id")) for each in found if not each.is_empty()]
        return (
            SQL("%s IN (%s)", SQL.identifier(alias, "id"), SQL(" UNION ALL ").join(selects))
            if selects
            else SQL("FALSE")
        )

    return Domain.custom(to_sql=to_sql)
