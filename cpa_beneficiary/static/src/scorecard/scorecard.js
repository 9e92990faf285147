import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const OWN = "own";

/** How the work of each branch and department went in a period, beside the period before (see `cpa.scorecard`). */
export class CpaScorecard extends Component {
    static template = "cpa_beneficiary.Scorecard";
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ periods: [], ...this.props.state, card: null });
        this.trends = { up: _t("more than before"), down: _t("less than before"), same: _t("as before") };
        this.env.config.setDisplayName(_t("Scorecard"));
        onWillStart(async () => {
            this.state.periods = await this.orm.call("cpa.scorecard", "get_periods", []);
            if (!this.state.key) {
                this.take("quarter");
            }
            await this.load();
        });
    }

    get own() {
        return OWN;
    }

    take(key) {
        this.state.key = key;
        const period = this.state.periods.find((period) => period.key === key);
        if (period) {
            this.state.from = period.date_from;
            this.state.to = period.date_to;
        }
    }

    async load() {
        if (this.state.from && this.state.to) {
            this.state.card = await this.orm.call("cpa.scorecard", "get_scorecard", [this.state.from, this.state.to]);
        }
    }

    onPeriod(ev) {
        this.take(ev.target.value);
        return this.load();
    }

    onDay(name, ev) {
        this.state[name] = ev.target.value;
        return this.load();
    }

    async open(section, row, cell) {
        const { from, to } = this.state;
        const key = cell.key;
        const action = await this.orm.call("cpa.scorecard", "open_figure", [key, from, to, section.by, row.owner]);
        return this.action.doAction(action);
    }
}

registry.category("actions").add("cpa_scorecard", CpaScorecard);
