{
    "name": "Beneficiary Relations: Volunteers",
    "summary": "Volunteers of a Saudi non-profit: the policy's third party and one of its eight channels",
    "version": "19.0.1.3.0",
    "category": "Services",
    "author": "Consumer Protection Association in Najran",
    "license": "LGPL-3",
    "depends": ["cpa_beneficiary"],
    "data": [
        "security/privileges.xml",
        "security/groups.xml",
        "security/ir.model.access.csv",
        "security/rules.xml",
        "data/ir_sequence_data.xml",
        "views/cpa_volunteer_views.xml",
        "views/cpa_menus.xml",
    ],
    "demo": ["demo/cpa_volunteer_demo.xml"],
}
