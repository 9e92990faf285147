import { registry } from "@web/core/registry";
import { Domain } from "@web/core/domain";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";
import { PivotRenderer } from "@web/views/pivot/pivot_renderer";
import { pivotView } from "@web/views/pivot/pivot_view";

/** A figure of the analysis opens the requests that it counts, not the rows of the analysis. */
const opensRequests = (Renderer) =>
    class extends Renderer {
        openView(domain, views, context, newWindow) {
            this.actionService.doAction(
                {
                    type: "ir.actions.act_window",
                    name: this.model.metaData.title,
                    res_model: "cpa.request",
                    views: [
                        [false, "list"],
                        [false, "form"],
                    ],
                    context: {},
                    domain: [["analysis_ids", "any", new Domain(domain).toList()]],
                },
                { newWindow }
            );
        }
    };

/** Where nothing was answered there is no share of late replies: the cell is empty, it does not say 0 %. */
class AnalysisPivotRenderer extends opensRequests(PivotRenderer) {
    getFormattedValue(cell) {
        const none = cell.value === false || cell.value === null;
        return none ? { rawValue: cell.value, value: "" } : super.getFormattedValue(cell);
    }
}

registry.category("views").add("cpa_request_analysis_pivot", {
    ...pivotView,
    Renderer: AnalysisPivotRenderer,
});
registry.category("views").add("cpa_request_analysis_graph", {
    ...graphView,
    Renderer: opensRequests(GraphRenderer),
});
