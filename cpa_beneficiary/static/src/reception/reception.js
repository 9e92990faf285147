import { Component, onMounted, onWillStart, onWillUnmount, useExternalListener, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { ChatPanel } from "./chat_panel";
import { InquiryForm } from "./inquiry_form";
import { IntakeForm } from "./intake_form";
import { looksLikeChat, readFiles, ReceivedFiles } from "./received_files";
import { ReplyTexts } from "./reply_texts";

const REFRESH_EVERY = 20_000; // milliseconds: what colleagues do shows by itself
const ICONS = { interview: "fa-user", phone: "fa-phone", social: "fa-whatsapp", delegate: "fa-map-marker" };
const EDITABLE = "input, textarea, select, [contenteditable]";

/** What a clerk has typed for one visitor and not saved yet: it stays with that visitor. */
function newDraft(typed = {}) {
    return {
        mode: "inquiry",
        name: "",
        phone: "",
        identity_number: "",
        identity_expiry_date: "",
        iban: "",
        is_sighted: false,
        governorate_id: "",
        segment_ids: [],
        question: "",
        answer: "",
        referred_to_id: "",
        is_misconception: false,
        service_id: "",
        description: "",
        amount_requested: "",
        files: [],
        ...typed,
    };
}

/** The one screen of the counter (P-31), see `cpa.reception`. */
export class CpaReception extends Component {
    static template = "cpa_beneficiary.Reception";
    static components = { ChatPanel, InquiryForm, IntakeForm, ReceivedFiles, ReplyTexts };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.box = useRef("box");
        this.root = useRef("root");
        this.env.config.setDisplayName(_t("Reception"));
        const before = this.props.state?.reception;
        this.state = useState({
            text: "",
            channelId: false,
            results: null,
            paste: null,
            visitors: [],
            current: null,
            replyFor: null,
            activeId: before?.activeId || false,
            drafts: before?.drafts || {},
            loadedAt: Date.now(),
            now: Date.now(),
            isBusy: false,
        });
        useSetupAction({
            getLocalState: () => ({ reception: { activeId: this.state.activeId, drafts: this.state.drafts } }),
        });
        useExternalListener(document, "paste", (ev) => this.onPaste(ev));
        useExternalListener(document, "keydown", (ev) => this.onKeydown(ev));
        onWillStart(async () => {
            [this.setupData] = await Promise.all([this.call("get_setup"), this.loadDesk()]);
            this.state.channelId = this.setupData.channel_id;
            const mine = this.state.visitors.filter((visitor) => visitor.mine);
            const there = mine.some((visitor) => visitor.id === this.state.activeId);
            const served = mine.find((visitor) => visitor.state === "served");
            this.state.activeId = there ? this.state.activeId : served?.id || false;
            await this.loadCurrent();
        });
        onMounted(() => {
            this.focusBox();
            this.tick = browser.setInterval(() => (this.state.now = Date.now()), 1000);
            this.poll = browser.setInterval(() => !document.hidden && this.loadDesk(), REFRESH_EVERY);
        });
        onWillUnmount(() => {
            browser.clearInterval(this.tick);
            browser.clearInterval(this.poll);
        });
    }

    // ------------------------------------------------------------------
    // The server
    // ------------------------------------------------------------------

    call(method, ...args) {
        return this.orm.silent.call("cpa.reception", method, args);
    }

    /** Run one step at a time: a second click on a slow line does nothing twice. */
    async step(work) {
        if (this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        try {
            return await work();
        } finally {
            this.state.isBusy = false;
        }
    }

    async loadDesk() {
        const { visitors } = await this.call("get_desk");
        Object.assign(this.state, { visitors, loadedAt: Date.now(), now: Date.now() });
    }

    async loadCurrent() {
        const id = this.state.activeId;
        const current = id ? await this.call("get_visitor", id) : null;
        if (id === this.state.activeId) {
            if (id) {
                this.state.drafts[id] ||= newDraft();
            }
            this.state.current = current;
        }
    }

    reload() {
        return Promise.all([this.loadDesk(), this.loadCurrent()]);
    }

    // ------------------------------------------------------------------
    // What the template shows
    // ------------------------------------------------------------------

    get active() {
        const { current, activeId } = this.state;
        return current && current.visitor.id === activeId ? current : null;
    }

    get draft() {
        return this.state.drafts[this.state.activeId];
    }

    get mine() {
        return this.state.visitors.filter((visitor) => visitor.mine || visitor.state === "waiting");
    }

    get colleagues() {
        return this.state.visitors.filter((visitor) => !visitor.mine && visitor.state !== "waiting");
    }

    get canClaim() {
        return this.active && !this.active.person;
    }

    icon(channel) {
        return ICONS[channel];
    }

    /** How long a visitor has been in his state, or served in all: minutes and seconds. */
    duration(visitor) {
        const since = Math.max(Math.floor((this.state.now - this.state.loadedAt) / 1000), 0);
        const seconds = visitor.seconds + since + (visitor.state === "served" ? visitor.served_before : 0);
        const two = (value) => String(value).padStart(2, "0");
        const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
        return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
    }

    // ------------------------------------------------------------------
    // The search box
    // ------------------------------------------------------------------

    focusBox() {
        if (!this.env.isSmall) {
            this.box.el?.focus();
        }
    }

    /** A scanner types wherever the focus is: what is typed outside of a field goes to the box. */
    onKeydown(ev) {
        const plain = ev.key.length === 1 && ev.key !== " " && !ev.ctrlKey && !ev.metaKey && !ev.altKey;
        if (plain && !ev.target.closest(`${EDITABLE}, .modal, .o-overlay-container *`)) {
            this.box.el?.focus();
        }
        if (ev.key === "Escape" && ev.target === this.box.el) {
            this.clearSearch();
        }
    }

    clearSearch() {
        Object.assign(this.state, { text: "", results: null });
        this.focusBox();
    }

    async search() {
        const text = this.state.text.trim();
        const { results } = this.state;
        if (!text) {
            return this.clearSearch();
        }
        if (results?.text === text && results.people.length === 1) {
            return this.receive({ beneficiary_id: results.people[0].id });
        }
        await this.step(async () => {
            const found = await this.call("search_people", text);
            Object.assign(this.state, { results: { ...found, text }, paste: null });
        });
    }

    // ------------------------------------------------------------------
    // Visitors
    // ------------------------------------------------------------------

    /** Receive a visitor: at once, or as one who waits; with what was typed already in place. */
    receive(vals = {}, { wait = false, mode = "inquiry", draft = {} } = {}) {
        return this.step(async () => {
            const typed = vals.beneficiary_id ? {} : this.state.results?.typed || {};
            const given = { channel_id: this.state.channelId, name: typed.name, phone: typed.phone, ...vals };
            const id = await this.call("receive", given, wait);
            this.state.drafts[id] ||= newDraft({ identity_number: typed.identity_number || "", mode });
            Object.assign(this.state.drafts[id], draft);
            Object.assign(this.state, { text: "", results: null, paste: null });
            this.state.channelId = this.setupData.channel_id;
            if (!wait) {
                this.state.activeId = id;
            }
            await this.reload();
            this.afterSwitch(wait);
        });
    }

    afterSwitch(wait) {
        if (wait) {
            this.focusBox();
        }
    }

    switchTo(visitor) {
        return this.step(async () => {
            await this.call("serve", visitor.id);
            Object.assign(this.state, { activeId: visitor.id, results: null, paste: null, replyFor: null });
            await this.reload();
        });
    }

    claim(person) {
        const id = this.state.activeId;
        return this.step(async () => {
            await this.call("identify", id, person.id);
            this.clearSearch();
            await this.reload();
        });
    }

    setChannel(channel) {
        const id = this.state.activeId;
        return this.step(async () => {
            await this.call("change", id, { channel_id: channel.id });
            await this.reload();
        });
    }

    park() {
        const id = this.state.activeId;
        return this.step(async () => {
            await this.call("park", id);
            this.state.activeId = false;
            await this.reload();
            this.focusBox();
        });
    }

    leave() {
        const id = this.state.activeId;
        return this.step(async () => {
            const open = this.active.visitor.open_questions;
            await this.call("leave", id);
            delete this.state.drafts[id];
            this.state.activeId = false;
            await this.reload();
            if (open) {
                this.notification.add(_t("The visit has ended; an open question stays open."), { type: "warning" });
            }
            this.focusBox();
        });
    }

    // ------------------------------------------------------------------
    // The visitor's person
    // ------------------------------------------------------------------

    onVisitor(method) {
        const id = this.state.activeId;
        return this.step(async () => {
            await this.call(method, id);
            await this.reload();
        });
    }

    open(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    setMode(mode) {
        const { draft } = this;
        if (mode === "request" && !draft.description) {
            // what was asked on this visit is not typed again (P-08)
            const questions = this.active.inquiries.flatMap((inquiry) => inquiry.questions);
            draft.description = draft.question || questions.map((question) => question.name).join("\n");
        }
        draft.mode = mode;
    }

    // ------------------------------------------------------------------
    // What the forms save
    // ------------------------------------------------------------------

    /** The documents among the received pictures go with what was saved; identities never do. */
    async attachTo(id, draft, model, recordId, text) {
        const files = draft.files.filter((file) => file.kind === "document");
        if (files.length || text) {
            const sent = files.map(({ name, data }) => ({ name, data }));
            await this.call("attach", id, model, recordId, sent, text || false);
            draft.files = draft.files.filter((file) => file.kind !== "document");
        }
    }

    saveInquiry() {
        const id = this.state.activeId;
        const draft = this.draft;
        return this.step(async () => {
            const inquiryId = await this.call("save_inquiry", id, {
                question: draft.question,
                answer: draft.answer,
                referred_to_id: Number(draft.referred_to_id) || false,
                is_misconception: draft.is_misconception,
                name: draft.name,
                phone: draft.phone,
            });
            await this.attachTo(id, draft, "crm.lead", inquiryId);
            Object.assign(draft, { question: "", answer: "", referred_to_id: "", is_misconception: false });
            this.state.replyFor = { model: "crm.lead", id: inquiryId };
            await this.reload();
            this.notification.add(_t("The inquiry is saved."), { type: "success" });
        });
    }

    savePerson(withRequest) {
        const id = this.state.activeId;
        const draft = this.draft;
        const vals = {
            name: draft.name || this.active.visitor.name,
            phone: draft.phone || this.active.visitor.phone,
            identity_number: draft.identity_number,
            identity_expiry_date: draft.identity_expiry_date || false,
            iban: draft.iban,
            is_sighted: draft.is_sighted,
            governorate_id: Number(draft.governorate_id) || false,
            segment_ids: draft.segment_ids,
        };
        return this.step(async () => {
            if (!withRequest) {
                await this.call("save_person", id, vals);
                draft.mode = "inquiry";
                return this.reload();
            }
            const requestId = await this.call("save_request", id, {
                ...vals,
                service_id: Number(draft.service_id) || false,
                description: draft.description,
                amount_requested: Number(draft.amount_requested) || 0,
            });
            await this.attachTo(id, draft, "cpa.request", requestId);
            Object.assign(draft, { service_id: "", description: "", amount_requested: "", mode: "inquiry" });
            await this.open("cpa.request", requestId);
        });
    }

    addToRequest(request) {
        const id = this.state.activeId;
        const draft = this.draft;
        return this.step(async () => {
            await this.attachTo(id, draft, "cpa.request", request.id, draft.question);
            draft.question = "";
            await this.reload();
            this.notification.add(_t("Added to %s.", request.number || request.title), { type: "success" });
        });
    }

    /** The clerk has read the picture of an identity document: it goes, and a line of it stays. */
    deleteIdentity(file) {
        const id = this.state.activeId;
        const draft = this.draft;
        return this.step(async () => {
            await this.call("delete_identity_picture", id, file.data || false, file.attachmentId || false);
            draft.files = draft.files.filter((other) => other !== file && other.key !== file.key);
            await this.reload();
            this.notification.add(_t("The picture is deleted; the deletion is recorded."), { type: "success" });
        });
    }

    // ------------------------------------------------------------------
    // Paste from WhatsApp
    // ------------------------------------------------------------------

    async onPaste(ev) {
        if (ev.target.closest?.(".modal")) {
            return;
        }
        const text = ev.clipboardData?.getData("text/plain") || "";
        const files = [...(ev.clipboardData?.files || [])];
        if (!files.length && !looksLikeChat(text)) {
            return;
        }
        ev.preventDefault();
        await this.receivePaste(text, files);
    }

    async onDrop(ev) {
        await this.receivePaste(ev.dataTransfer.getData("text/plain"), [...ev.dataTransfer.files]);
    }

    openPaste() {
        this.state.paste ||= { text: "", name: "", phone: "", people: [], files: [] };
        this.state.results = null;
    }

    async receivePaste(text, list) {
        this.openPaste();
        const { paste } = this.state;
        const [chat, files] = await Promise.all([this.call("read_chat", text), readFiles(list, this.notification)]);
        Object.assign(paste, {
            name: paste.name || chat.name,
            phone: paste.phone || chat.phone,
            people: paste.people.length ? paste.people : chat.people,
            text: [paste.text, chat.text].filter(Boolean).join("\n"),
            files: [...paste.files, ...files],
        });
    }

    /** Give what was pasted to a visitor: a new chat of its sender, or the visitor who is served now. */
    takePaste(person, asNew) {
        const { name, phone, text, files } = this.state.paste;
        if (!asNew) {
            const draft = this.draft;
            draft.question = [draft.question, text].filter(Boolean).join("\n");
            draft.files.push(...files);
            draft.mode = "inquiry";
            this.state.paste = null;
            return;
        }
        const social = this.setupData.channels.find((channel) => channel.code === "social");
        const vals = { beneficiary_id: person?.id, name, phone, channel_id: social.id };
        return this.receive(vals, { draft: { question: text, files } });
    }
}

registry.category("actions").add("cpa_reception", CpaReception);
