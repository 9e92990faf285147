import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const EVERY = 4000; // milliseconds
const FOLLOWED = ["convened", "open", "counting", "minutes"];

/**
 * Keeps a committee's screen as the others' votes make it: asks for the session's pulse, a few characters, and reads
 * the record again when it has changed. Needs no open connection, so it works behind any proxy.
 */
export class CpaLive extends Component {
    static template = "cpa_beneficiary.Live";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.state = useState({ on: false });
        onMounted(() => {
            this.timer = browser.setInterval(() => this.look(), EVERY);
        });
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    get session() {
        const { record } = this.props;
        return record.resModel === "cpa.committee.session" ? record.resId : record.data.session_id?.id;
    }

    get sessionState() {
        const { data } = this.props.record;
        return data.session_state || data.state;
    }

    async look() {
        this.state.on = Boolean(this.session) && FOLLOWED.includes(this.sessionState);
        if (!this.state.on || document.hidden || this.looking) {
            return;
        }
        this.looking = true;
        try {
            const pulse = await this.orm.silent.call("cpa.committee.session", "get_pulse", [[this.session]]);
            if (this.pulse && pulse !== this.pulse && !(await this.isBusy())) {
                await this.props.record.load();
                this.pulse = pulse;
            }
            this.pulse ||= pulse;
        } catch {
            this.state.on = false; // away from the network: the next look tells
        } finally {
            this.looking = false;
        }
    }

    /** What somebody is typing is not taken from under his hands. */
    async isBusy() {
        return Boolean(document.querySelector(".modal")) || (await this.props.record.isDirty());
    }
}

registry.category("view_widgets").add("cpa_live", { component: CpaLive });
