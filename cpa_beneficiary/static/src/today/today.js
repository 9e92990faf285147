import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** The first screen of the day: what waits for the user, by role (see `cpa.today`). */
export class CpaToday extends Component {
    static template = "cpa_beneficiary.Today";
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.today = useState({});
        this.env.config.setDisplayName(_t("Today"));
        onWillStart(() => this.load());
    }

    async load() {
        Object.assign(this.today, await this.orm.call("cpa.today", "get_today", []));
    }

    run(action) {
        return this.action.doAction(action);
    }

    openRow(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: row.model,
            res_id: row.id,
            views: [[false, "form"]],
        });
    }

    /** The row's own button: what it says is done, and the screen shows what is left. */
    async press(row) {
        await this.orm.call(row.model, row.button.method, [[row.id]]);
        await this.load();
    }

    openSection(section) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: section.title,
            res_model: section.model,
            domain: section.domain,
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }
}

registry.category("actions").add("cpa_today", CpaToday);
