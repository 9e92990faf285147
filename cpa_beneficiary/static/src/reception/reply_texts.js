import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/** Ready texts for a reply, to be copied or opened in WhatsApp. */
export class ReplyTexts extends Component {
    static template = "cpa_beneficiary.ReplyTexts";
    static props = { model: String, id: Number };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ texts: [] });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
    }

    async load({ model, id }) {
        this.state.texts = await this.orm.silent.call("cpa.reply.text", "get_texts", [model, id]);
    }

    async copy(text) {
        await browser.navigator.clipboard.writeText(text.text);
        await this.log(text, "copy");
        this.notification.add(_t("Copied."), { type: "success" });
    }

    /** What was told is part of the record. */
    log(text, way) {
        const { model, id } = this.props;
        return this.orm.silent.call("cpa.reply.text", "log_text", [model, id, text.text, way]);
    }
}
