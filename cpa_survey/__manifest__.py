{
    "name": "Beneficiary Relations: Satisfaction",
    "summary": "Satisfaction measured to improve, never to punish",
    "version": "19.0.1.3.0",
    "category": "Services",
    "author": "Consumer Protection Association in Najran",
    "license": "LGPL-3",
    "depends": ["cpa_beneficiary", "survey"],
    "data": [
        "security/ir.model.access.csv",
        "views/cpa_survey_rule_views.xml",
        "views/cpa_menus.xml",
    ],
}
