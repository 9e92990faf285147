import { registry } from "@web/core/registry";

/** The second step of the end of the voting: the first is committed, so the count sees every vote that was let in. */
async function countVotes(env, { params }) {
    await env.services.orm.call("cpa.committee.session", "action_move", [[params.session_id]], {
        context: { to_state: "minutes" },
    });
    return { type: "ir.actions.act_window_close" };
}

/** The next case takes the place of this one, so that the way back stays one step. */
async function nextCase(env, { params }) {
    const action = await env.services.orm.call("cpa.committee.case", "action_open", [[params.case_id]]);
    await env.services.action.doAction(
        { ...action, views: [[false, "form"]] },
        { stackPosition: "replaceCurrentAction" }
    );
}

registry.category("actions").add("cpa_count_votes", countVotes);
registry.category("actions").add("cpa_next_case", nextCase);
