import { registry } from "@web/core/registry";
import { RadioField, radioField } from "@web/views/fields/radio/radio_field";

/** Radio buttons for some of a selection's values: `options="{'values': [...]}"`. */
export class CpaRadioSome extends RadioField {
    static props = { ...RadioField.props, values: Array };

    get items() {
        return super.items.filter(([value]) => this.props.values.includes(value));
    }
}

registry.category("fields").add("cpa_radio_some", {
    ...radioField,
    component: CpaRadioSome,
    supportedTypes: ["selection"],
    extractProps: (info, dynamicInfo) => ({
        ...radioField.extractProps(info, dynamicInfo),
        values: info.options.values,
    }),
});
