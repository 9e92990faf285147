import { Component, onMounted, onWillUnmount, xml } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const EVERY = 2000; // milliseconds

/** Reads a folder again while it is being generated, so that its progress is seen. Shows nothing itself. */
export class CpaFolderProgress extends Component {
    static template = xml`<span class="d-none" />`;
    static props = { ...standardWidgetProps };

    setup() {
        onMounted(() => {
            this.timer = browser.setInterval(() => this.look(), EVERY);
        });
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    async look() {
        const { record } = this.props;
        if (record.data.state !== "generating" || !record.resId || document.hidden || this.looking) {
            return;
        }
        this.looking = true;
        try {
            await record.load();
        } catch {
            // away from the network: the next look tells
        } finally {
            this.looking = false;
        }
    }
}

registry.category("view_widgets").add("cpa_folder_progress", { component: CpaFolderProgress });
