// The demo page: two phones, a clock and a caseload. What people typed is only ever set as text, never as markup.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

let state = null; // what the carrier last told
let looked = ""; // whom the caseload shows in full
const seen = new Map(); // person and phone → how many messages of the service were looked at
const narrow = matchMedia("(max-width: 720px)"); // one thing at a time is shown

// The two phones: whose each is, and the bot's last answer to a button, so that it is shown once.
const phones = {
  sms: { root: $(".phone.sms"), key: "sms", person: "", name: "texts" },
  telegram: { root: $(".phone.telegram"), key: "telegram", person: "", name: "Telegram", answers: new Map() },
};

function element(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

// Telling the carrier what somebody does.

async function act(action) {
  const response = await fetch("act", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(action),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error || "That did not work.");
  return answer;
}

function say(text, trouble = false) {
  const live = $("#live");
  live.textContent = text;
  live.classList.toggle("trouble", trouble);
}

// onPhone does something on a phone, as the person whose it is.
function onPhone(phone, action) {
  look(phone.person);
  return tryTo({ phone: phone.person, ...action });
}

// tryTo says on the page what went wrong, and is true unless the carrier itself refused.
async function tryTo(action) {
  try {
    const answer = await act(action);
    if (answer.error) say("The service did not take it: it may not be running.", true);
    else if (answer.status >= 400) say(`The service answered with an error (${answer.status}).`, true);
    else say("");
    return true;
  } catch (err) {
    say(err instanceof TypeError ? "The carrier does not answer. Is the program still running?" : err.message, true);
    return false;
  }
}

// Showing a phone.

const pictures = {
  photo: ["A picture", "M4 6h16v12H4zM4 15l4.500-4.500L13 15l3-3 4 4M15.500 9.500h.01"],
  voice: ["A voice note, 0:03", "M5 10v4M9 6v12M13 9v6M17 7v10M21 11v2"],
  location: ["My location", "M12 21s7-6.200 7-11a7 7 0 1 0-14 0c0 4.800 7 11 7 11zM12 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z"],
  sticker: ["A sticker", "M5 5h14v9l-5 5H5zM14 19v-5h5"],
};

function thing(kind, text) {
  const [label, path] = pictures[kind];
  const box = element("span", "thing");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: 26, height: 26, "aria-hidden": "true" })) svg.setAttribute(name, value);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [name, value] of Object.entries({ d: path, fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linejoin": "round", "stroke-linecap": "round" })) line.setAttribute(name, value);
  svg.append(line);
  box.append(svg, element("span", "", text ? `${label}: ${text}` : label));
  return box;
}

const tickWords = { sent: "sent", taken: "received by the service", lost: "the service did not take it" };

function bubble(m, which) {
  const box = element("div", m.mine ? "msg mine" : "msg");
  const body = element("div", "bubble");
  body.append(element("span", "vh", m.mine ? "You: " : "Alongside: "));
  if (pictures[m.kind]) body.append(thing(m.kind, m.text));
  else body.append(document.createTextNode(m.text));
  box.append(body);
  if (m.buttons && m.buttons.length) {
    const keys = element("div", "keys");
    for (const row of m.buttons) {
      const line = element("div");
      for (const b of row) {
        const key = element("button", "", b.text);
        key.type = "button";
        if (b.callback_data) key.addEventListener("click", () => onPhone(phones.telegram, { do: "telegram_press", message: m.message, data: b.callback_data }));
        else key.disabled = true;
        line.append(key);
      }
      keys.append(line);
    }
    box.append(keys);
  }
  const meta = element("p", m.ticks === "lost" ? "meta lost" : "meta", (m.edited && m.mine ? "edited " : "") + m.time + " ");
  if (m.ticks === "lost") meta.append("not taken");
  else if (m.ticks) {
    const ticks = element("span", "ticks", m.ticks === "taken" ? "✓✓" : "✓");
    ticks.setAttribute("aria-hidden", "true");
    meta.append(ticks);
  }
  if (m.ticks) meta.append(element("span", "vh", tickWords[m.ticks]));
  box.append(meta);
  return box;
}

// fill puts a thread on a phone: what is unchanged stays, so that a screen reader is told only what is new.
function fill(phone, messages) {
  const thread = $(".thread", phone.root);
  const fresh = phone.filled !== phone.person;
  const low = fresh || phone.low;
  if (fresh) {
    thread.setAttribute("aria-busy", "true");
    thread.replaceChildren();
    phone.shown = new Map();
    phone.filled = phone.person;
  }
  let day = "";
  let added = false;
  const keep = new Set();
  for (const m of messages) {
    if (m.day !== day) {
      day = m.day;
      const key = "day " + day;
      keep.add(key);
      if (!phone.shown.has(key)) {
        const e = element("p", "day", day);
        phone.shown.set(key, { json: "", e });
        thread.append(e);
      }
    }
    const json = JSON.stringify(m);
    keep.add(m.id);
    const old = phone.shown.get(m.id);
    if (old && old.json === json) continue;
    const e = bubble(m, phone.key);
    if (old) {
      const had = old.e.contains(document.activeElement);
      old.e.replaceWith(e);
      if (had) ($(".keys button", e) || thread).focus();
    } else {
      thread.append(e);
      added = true;
    }
    phone.shown.set(m.id, { json, e });
  }
  for (const [key, { e }] of phone.shown) {
    if (!keep.has(key)) {
      e.remove();
      phone.shown.delete(key);
    }
  }
  if (fresh) requestAnimationFrame(() => thread.removeAttribute("aria-busy"));
  if (low || (added && messages.at(-1)?.mine)) thread.scrollTop = thread.scrollHeight;
}

function showHints(phone, hints, send) {
  const box = $(".hints", phone.root);
  const key = JSON.stringify([phone.person, hints]);
  if (phone.hints === key) return;
  phone.hints = key;
  box.replaceChildren(...hints.map((hint) => {
    const b = element("button", "", hint);
    b.type = "button";
    b.addEventListener("click", () => send(hint));
    return b;
  }));
}

function notice(phone, text) {
  const box = $(".notice", phone.root);
  box.hidden = !text;
  if (box.textContent !== text) box.textContent = text;
}

// toast shows what the bot answers to a button, as Telegram does: for a moment, over the chat.
function toast(phone, text) {
  const box = $(".toast", phone.root);
  box.textContent = text;
  clearTimeout(phone.toast);
  phone.toast = setTimeout(() => box.textContent = "", 4000);
}

// spaced makes a British mobile number readable.
function spaced(number) {
  return number.replace(/^(\+44)(\d{4})(\d{6})$/, "$1 $2 $3");
}

// hold gives a phone to its holder, and lets another be chosen where several have one. It answers who holds it now.
function hold(phone) {
  const holders = state.people.filter((p) => p[phone.key]);
  const p = holders.find((q) => q.id === phone.person) || holders[0];
  phone.person = p?.id || "";
  phone.root.classList.toggle("none", !p);
  $(".absent", phone.root).hidden = !!p;
  $(".holder", phone.root).hidden = !p;
  if (!p) return null;
  const owner = `${p.label}’s phone`;
  if ($(".owner", phone.root).textContent !== owner) $(".owner", phone.root).textContent = owner;
  $(`.views [data-view="${phone.key}"] .of`).textContent = `${p.label}’s ${phone.name}`;
  const box = $(".people", phone.root);
  box.hidden = holders.length < 2;
  const key = JSON.stringify(holders.map((q) => [q.id, q.label]));
  if (box.dataset.key !== key) {
    box.dataset.key = key;
    box.replaceChildren(...holders.map((q) => {
      const b = element("button", "", q.label);
      b.type = "button";
      b.dataset.person = q.id;
      const news = element("span", "news");
      news.hidden = true;
      news.append(element("span", "vh", ", new message"));
      b.append(news);
      b.addEventListener("click", () => give(q.id));
      return b;
    }));
  }
  for (const b of all("button", box)) b.setAttribute("aria-pressed", String(b.dataset.person === p.id));
  return p;
}

// give hands the phones to a person, as far as there are any, and shows the person on the caseload.
function give(id) {
  const p = state.people.find((q) => q.id === id);
  for (const phone of Object.values(phones)) if (p?.[phone.key]) phone.person = id;
  looked = id;
  say("");
  show();
}

// look shows somebody on the caseload.
function look(id) {
  if (!id || looked === id) return;
  looked = id;
  if (state) showCaseload();
}

// What the specialist does.

// atDesk does something for the specialist, and says what came of it.
async function atDesk(phone, action) {
  look(phone);
  try {
    const answer = await act({ phone, ...action, do: `desk_${action.do}` });
    say(answer.said || "");
    return true;
  } catch (err) {
    say(err instanceof TypeError ? "The carrier does not answer. Is the program still running?" : err.message, true);
    return false;
  }
}

function small(text, onClick, className = "") {
  const b = element("button", `small-button ${className}`.trim(), text);
  b.type = "button";
  b.addEventListener("click", onClick);
  return b;
}

// showDesk puts the specialist's small buttons beside a phone.
function showDesk(phone) {
  const view = state.caseload;
  const acts = view?.acts || [];
  const box = $(".desk", phone.root);
  box.hidden = !acts.length || !phone.person;
  const key = JSON.stringify([view?.specialist, acts]);
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  const button = (a) => small(a.label, () => {
    if (a.more) more.open = false;
    atDesk(phone.person, { do: a.do });
  });
  const more = element("details", "more");
  more.append(element("summary", "small-button", "More"));
  const sheet = element("div", "sheet");
  sheet.append(...acts.filter((a) => a.more).map(button));
  more.append(sheet);
  closes(more);
  box.replaceChildren(element("span", "by", `${view?.specialist || "The specialist"}:`), ...acts.filter((a) => !a.more).map(button), more);
}

// closes lets a menu be left: by Escape, by a click elsewhere, and with the focus.
function closes(menu) {
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      $("summary", menu).focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
}

// factLine is one lead, task or check-in, and how it stands.
function factLine(f) {
  const line = element("li", "fact");
  const text = element("span", "", f.text);
  text.prepend(element("span", "small", `${f.kind} `));
  line.append(text, element("span", `state ${f.tone}`, f.state));
  return line;
}

// alertBox is danger that a person has to read of: acknowledging it closes nothing, what came of it does.
function alertBox(c) {
  const list = element("ul");
  list.append(...c.alerts.map((a) => {
    const line = element("li", "", a.text);
    line.append(element("span", "alert-state", a.state));
    return line;
  }));
  const row = element("form", "desk-row");
  if (c.alerts.some((a) => !a.acknowledged)) row.append(small("I’m on it", () => atDesk(c.phone, { do: "acknowledge" })));
  const outcome = element("input");
  outcome.type = "text";
  outcome.name = "outcome";
  outcome.maxLength = 400;
  outcome.placeholder = "What came of it";
  outcome.setAttribute("aria-label", "What came of the alert");
  const write = small("Write it down", () => {});
  write.type = "submit";
  row.append(outcome, write);
  row.addEventListener("submit", (event) => {
    event.preventDefault();
    atDesk(c.phone, { do: "outcome", text: outcome.value });
  });
  const warn = section("Alert", list, row);
  warn.className = "attention alert";
  return warn;
}

// holdRow begins and ends a hold.
function holdRow(c) {
  const row = element("div", "desk-row");
  if (c.held) {
    row.append(
      small("End the hold", () => atDesk(c.phone, { do: "release" })),
      small("Let the reminder go", () => atDesk(c.phone, { do: "remind" })),
    );
    return section("On hold: leads, check-ins and tasks wait", row);
  }
  row.append(small("Put on hold", () => atDesk(c.phone, { do: "hold" })));
  return section("Not on hold", row);
}

// rightForm puts right what was understood of a text.
function rightForm(c, m) {
  const form = element("form", "right desk-row");
  const choose = element("select");
  choose.name = "intent";
  choose.setAttribute("aria-label", "What the text means");
  const meanings = state.caseload.meanings;
  choose.append(...meanings.map((x) => {
    const option = element("option", "", x.label);
    option.value = x.intent;
    return option;
  }));
  const value = element("input");
  value.type = "text";
  value.name = "value";
  value.maxLength = 60;
  const fits = () => {
    const ask = meanings.find((x) => x.intent === choose.value)?.ask || "";
    value.hidden = !ask;
    value.placeholder = ask;
    value.setAttribute("aria-label", ask || "Nothing else is asked");
  };
  choose.addEventListener("change", fits);
  fits();
  const send = small("Put right", () => {});
  send.type = "submit";
  form.append(choose, value, send, small("Leave it", () => mend("")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await atDesk(c.phone, { do: "correct", on: m.id, intent: choose.value, text: value.hidden ? "" : value.value })) mend("");
  });
  return form;
}

// mend opens the form of one text, or closes it.
function mend(id) {
  const before = mending;
  mending = id;
  detailShown = "";
  showCaseload();
  if (id) $(".right select")?.focus();
  else $(`[data-mend="${CSS.escape(before)}"]`)?.focus();
}

function showSMS() {
  const phone = phones.sms;
  const p = hold(phone);
  showDesk(phone);
  if (!p) return;
  const sms = p.sms;
  $(".peer", phone.root).textContent = spaced(sms.service);
  notice(phone, sms.stopped ? "STOP was texted: the network blocks the service’s texts. START lifts it." : "");
  showHints(phone, sms.stopped ? ["START"] : p.hints, (text) => onPhone(phone, { do: "sms", text }));
  fill(phone, sms.thread);
}

function showTelegram() {
  const phone = phones.telegram;
  const p = hold(phone);
  showDesk(phone);
  if (!p) return;
  const chat = p.telegram;
  const open = chat.started && !chat.blocked;
  $(".peer", phone.root).textContent = `@${chat.bot}`;
  notice(phone, chat.blocked ? "The bot is blocked: it cannot write here." : "");
  $(".composer", phone.root).hidden = !open;
  $(".hints", phone.root).hidden = !open;
  const gate = $(".gate", phone.root);
  gate.hidden = open;
  const label = chat.blocked ? "Unblock" : chat.link ? "Start with the invitation" : "Start";
  if ($("button", gate).textContent !== label) $("button", gate).textContent = label;
  $("button", gate).dataset.do = chat.blocked ? "telegram_unblock" : "telegram_start";
  showHints(phone, p.hints, (text) => onPhone(phone, { do: "telegram_text", text }));
  fill(phone, chat.thread);
  const before = phone.answers.get(p.id);
  if (before !== undefined && chat.answer && chat.answer !== before) toast(phone, chat.answer.slice(chat.answer.indexOf(" ") + 1));
  phone.answers.set(p.id, chat.answer);
}

// Showing the caseload.

function section(title, ...content) {
  const box = element("section");
  box.append(element("h4", "", title), ...content);
  return box;
}

function pill(text, tone) {
  return element("span", tone ? `pill ${tone}` : "pill", text);
}

// clientRow is one line of the caseload: who, when, and how it stands.
function clientRow(c) {
  const id = clientID(c);
  const row = element("button", "client-row");
  row.type = "button";
  row.dataset.client = id;
  const top = element("span", "client-top");
  top.append(element("b", "", c.name));
  if (c.channel) top.append(element("span", "by", c.channel));
  row.append(top);
  const appointments = c.appointments || [];
  for (const a of appointments) {
    const line = element("span", "appointment", a.line);
    if (appointments.length === 1) top.append(pill(a.state, a.tone));
    else line.append(" ", pill(a.state, a.tone));
    row.append(line);
  }
  if (!c.appointments?.length) row.append(element("span", "quiet", "No appointment booked."));
  if (c.attention?.length || c.alerts?.length) row.append(element("span", "needs", "Needs a person"));
  row.addEventListener("click", () => {
    looked = id;
    if (c.phone) give(c.phone);
    else showCaseload();
  });
  return row;
}

function clientID(c) {
  return c.phone || c.name;
}

function clientBox(c) {
  const box = element("article", "client");
  box.append(element("h3", "", c.name));
  if (c.alerts?.length) box.append(alertBox(c));
  if (c.attention?.length) {
    const list = element("ul");
    list.append(...c.attention.map((line) => element("li", "", line)));
    const warn = section("Needs a person", list);
    warn.className = "attention";
    box.append(warn);
  }
  box.append(section("Waiting for an answer to", element("p", c.question ? "question" : "quiet", c.question || "Nothing just now.")));
  if (c.understood) {
    const u = c.understood;
    const list = element("dl", "heard");
    for (const [name, value] of [["Text", u.heard && `“${u.heard}”`], ["Meaning", u.meaning], ["How sure", u.sure]]) {
      if (value) list.append(element("dt", "", name), element("dd", "", value));
    }
    const heard = section("What was understood of the last text", list);
    if (u.why) {
      const why = element("details", "why");
      why.open = whyOpen;
      why.append(element("summary", "", "How it was read"), element("p", "", u.why));
      why.addEventListener("toggle", () => whyOpen = why.open);
      heard.append(why);
    }
    box.append(heard);
  }
  if (c.facts?.length) {
    const list = element("ul", "list facts");
    list.append(...c.facts.map(factLine));
    box.append(section("Leads, tasks and check-ins", list));
  }
  if (c.settings?.length) box.append(section("What the client chose", element("p", "", c.settings.join(" · "))));
  if (state.caseload.meanings?.length && c.phone) box.append(holdRow(c));
  if (c.messages?.length) box.append(section("Messages", rows(c.messages, (m) => messageLine(m, c))));
  if (c.events?.length) box.append(section("What happened", rows(c.events, eventLine)));
  return box;
}

function messageLine(m, c) {
  const line = element("li", m.inbound ? "from" : "");
  const meta = element("p", "small", `${m.when} · ${m.inbound ? "from the client" : "to the client"}`);
  if (m.state) meta.append(" · ", element("span", `state ${m.tone}`, m.state));
  line.append(meta, element("p", "text", m.text));
  if (!m.inbound || !m.read) return line;
  const read = element("p", "small read", m.corrected ? `put right: ${m.corrected} (was read as ${m.read})` : `read as: ${m.read}`);
  line.append(read);
  if (!m.correctable || !c.phone || !state.caseload.meanings?.length) return line;
  if (mending === m.id) {
    line.append(rightForm(c, m));
    return line;
  }
  const b = small("Put it right", () => mend(m.id));
  b.dataset.mend = m.id;
  b.setAttribute("aria-label", `Put right how “${m.text}” was read`);
  read.append(" ", b);
  return line;
}

function eventLine(e) {
  const line = element("li", "event");
  line.append(element("span", "small", e.when), element("span", "", e.text));
  return line;
}

function rows(items, line) {
  const list = element("ol", "list");
  list.append(...items.slice(0, 12).map(line));
  return list;
}

let mending = ""; // the text whose reading is being put right
let whyOpen = false; // somebody wants to see how texts are read
let rowsShown = "";
let detailShown = "";
let detailOf = "";
let caseloadNews = false; // it says something new, and another view is shown
const stands = new Map(); // client → what the appointments said last

function showCaseload() {
  const view = state.caseload;
  const clients = view?.clients || [];
  const owner = view?.specialist ? `${view.specialist}’s caseload` : "";
  const top = $("#caseload-owner");
  if (top.dataset.key !== JSON.stringify([owner, view?.link])) {
    top.dataset.key = JSON.stringify([owner, view?.link]);
    top.replaceChildren(owner);
    if (view?.link && /^https?:\/\//.test(view.link)) {
      const a = element("a", "", "Open the console");
      a.href = view.link;
      top.append(owner ? " · " : "", a);
    }
  }
  const current = clients.find((c) => clientID(c) === looked) || clients[0];
  showRows(clients, current);
  showTeam();
  showDetail(view, current);
}

function showRows(clients, current) {
  const box = $("#rows");
  const key = JSON.stringify(clients.map((c) => [clientID(c), c.name, c.channel, c.appointments, !!c.attention?.length, !!c.alerts?.length]));
  if (key !== rowsShown) {
    rowsShown = key;
    const focused = box.contains(document.activeElement) ? document.activeElement.dataset.client : "";
    box.replaceChildren(...clients.map(clientRow));
    if (focused) all("button", box).find((b) => b.dataset.client === focused)?.focus();
    for (const c of clients) {
      const id = clientID(c);
      const now = (c.appointments || []).map((a) => `${a.line}: ${a.state}`).join("; ");
      if (stands.has(id) && stands.get(id) !== now) {
        all("button", box).find((b) => b.dataset.client === id)?.classList.add("fresh");
        caseloadNews = true;
        if (now) $("#spoken").textContent = `The caseload now says: ${c.name}, ${now}.`;
      }
      stands.set(id, now);
    }
  }
  for (const b of all("button", box)) b.setAttribute("aria-pressed", String(!!current && b.dataset.client === clientID(current)));
}

// showTeam lists what reached the phones of the service's own people.
function showTeam() {
  const box = $("#team");
  const team = state.team || [];
  const key = JSON.stringify(team);
  if (box.dataset.key === key) return;
  if (box.dataset.key && team.length > JSON.parse(box.dataset.key).length) caseloadNews = true;
  box.dataset.key = key;
  box.hidden = !team.length;
  $("ol", box).replaceChildren(...team.map((m) => {
    const line = element("li");
    line.append(element("p", "small", `${m.when} · ${m.phone}`), element("p", "said", m.text));
    return line;
  }));
}

function showDetail(view, current) {
  const box = $("#detail");
  const key = JSON.stringify([current, !view && state.trouble]);
  if (key === detailShown) return;
  // What somebody is writing there is not taken away under their hands.
  if (detailShown && detailOf === clientID(current || {}) && $("form :focus", box)?.matches("input, select")) return;
  detailShown = key;
  const reading = box.contains(document.activeElement);
  if (!view) box.replaceChildren(element("p", "quiet", state.trouble));
  else if (!current) box.replaceChildren(element("p", "quiet", "Nobody is on the caseload."));
  else box.replaceChildren(clientBox(current));
  if (reading && !mending) ($(".why summary", box) || $("#caseload-body")).focus();
  const id = current ? clientID(current) : "";
  if (id !== detailOf) $("#caseload-body").scrollTop = 0;
  detailOf = id;
}

// Showing everything.

function count(p, which) {
  return (p[which]?.thread || []).filter((m) => !m.mine).length;
}

// showNews marks what came in where nobody looks just now.
function showNews() {
  const view = $("#stage").dataset.view;
  for (const phone of Object.values(phones)) {
    let elsewhere = false;
    for (const p of state.people.filter((q) => q[phone.key])) {
      const key = `${p.id} ${phone.key}`;
      const n = count(p, phone.key);
      const held = p.id === phone.person;
      if ((held && (!narrow.matches || view === phone.key)) || !seen.has(key)) seen.set(key, n);
      const news = n > seen.get(key);
      elsewhere ||= news;
      const b = all(".people button", phone.root).find((q) => q.dataset.person === p.id);
      if (b) $(".news", b).hidden = held || !news;
    }
    $(`.views [data-view="${phone.key}"] .dot`).hidden = !elsewhere;
  }
  if (!narrow.matches || view === "caseload") caseloadNews = false;
  $('.views [data-view="caseload"] .dot').hidden = !caseloadNews;
}

function show() {
  if (!state) return;
  $("#clock-time").textContent = state.clock.time;
  $("#clock-day").textContent = state.clock.day;
  $("[data-morning]").title = `${state.clock.morning}, ${state.clock.zone}`;
  for (const e of all(".bar-time")) e.textContent = state.clock.time;
  if (!state.people.length) {
    say("No phones were given to this carrier.", true);
    return;
  }
  looked ||= state.people[0].id;
  showSMS();
  showTelegram();
  showCaseload();
  showNews();
}

// What people do here.

for (const [which, phone] of Object.entries(phones)) {
  const thread = $(".thread", phone.root);
  phone.root.addEventListener("focusin", () => look(phone.person));
  phone.low = true;
  let height = thread.clientHeight;
  thread.addEventListener("scroll", () => {
    // A thread that became smaller scrolls too, and nobody meant to leave its end.
    if (thread.clientHeight === height) phone.low = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 60;
  });
  new ResizeObserver(() => {
    height = thread.clientHeight;
    if (phone.low) thread.scrollTop = thread.scrollHeight;
  }).observe(thread);
  const form = $(".composer", phone.root);
  const box = $("textarea", form);
  const grow = () => {
    box.rows = 1;
    box.rows = Math.min(4, Math.max(1, Math.round((box.scrollHeight - 18) / 22)));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    box.value = "";
    grow();
    onPhone(phone, { do: which === "sms" ? "sms" : "telegram_text", text });
    box.focus();
  });
  box.addEventListener("input", grow);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  const menu = $(".menu", form);
  for (const b of all("[data-do]", menu)) {
    b.addEventListener("click", () => {
      menu.open = false;
      $("summary", menu).focus();
      onPhone(phone, { do: b.dataset.do, text: b.dataset.text || "" });
    });
  }
  closes(menu);
}

$(".gate button").addEventListener("click", (event) => onPhone(phones.telegram, { do: event.currentTarget.dataset.do }));

for (const b of all("[data-minutes]")) {
  b.addEventListener("click", () => tryTo({ do: "advance", minutes: Number(b.dataset.minutes) }).then(sayTime));
}
$("[data-morning]").addEventListener("click", () => tryTo({ do: "morning" }).then(sayTime));

// The new time is read out once the carrier has told it.
function sayTime(moved) {
  if (moved) setTimeout(() => $("#spoken").textContent = `It is now ${state.clock.time}, ${state.clock.day}.`, 400);
}

for (const b of all(".views button")) {
  b.addEventListener("click", () => {
    $("#stage").dataset.view = b.dataset.view;
    for (const other of all(".views button")) other.setAttribute("aria-pressed", String(other === b));
    show();
    const thread = $(`.phone.${b.dataset.view} .thread`);
    if (thread) thread.scrollTop = thread.scrollHeight;
  });
}

// Live: server-sent events, and asking every two seconds where they cannot be had.

function take(json) {
  state = JSON.parse(json);
  show();
}

async function poll() {
  for (;;) {
    try {
      take(await (await fetch("state")).text());
    } catch {
      say("The carrier does not answer. Is the program still running?", true);
    }
    await new Promise((next) => setTimeout(next, 2000));
  }
}

if (window.EventSource) {
  const events = new EventSource("events");
  let lost = false;
  events.onmessage = (event) => {
    if (lost) say("");
    lost = false;
    take(event.data);
  };
  events.onerror = () => {
    lost = true;
    say("The connection to the carrier was lost. Trying again…", true);
    if (events.readyState === EventSource.CLOSED) poll();
  };
} else {
  poll();
}
