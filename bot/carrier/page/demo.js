// The demo page: two phones, a clock and a caseload. What people typed is only ever set as text, never as markup.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

let state = null; // what the carrier last told
let person = ""; // whose phones are shown
let lastAnswer = null; // the bot's last answer to a button, so that it is shown once; null: this phone was not looked at yet
const seen = new Map(); // person and phone → how many messages of the service were looked at

const phones = {
  sms: { root: $(".phone.sms"), key: "sms" },
  telegram: { root: $(".phone.telegram"), key: "telegram" },
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
    body: JSON.stringify({ phone: person, ...action }),
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
        if (b.callback_data) key.addEventListener("click", () => tryTo({ do: "telegram_press", message: m.message, data: b.callback_data }));
        else key.disabled = true;
        line.append(key);
      }
      keys.append(line);
    }
    box.append(keys);
  }
  const meta = element("p", m.ticks === "lost" ? "meta lost" : "meta", (m.edited ? "edited " : "") + m.time + " ");
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
  const fresh = phone.person !== person;
  const low = fresh || phone.low;
  if (fresh) {
    thread.setAttribute("aria-busy", "true");
    thread.replaceChildren();
    phone.shown = new Map();
    phone.person = person;
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
  const key = JSON.stringify([person, hints]);
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

function showSMS(p) {
  const phone = phones.sms;
  const sms = p.sms;
  phone.root.classList.toggle("none", !sms);
  $(".absent", phone.root).hidden = !!sms;
  if (!sms) return;
  $(".owner", phone.root).textContent = `${p.label}’s phone: `;
  $(".peer", phone.root).textContent = `with ${sms.service}`;
  fill(phone, sms.thread);
  notice(phone, sms.stopped ? "STOP was texted: the network blocks the service’s texts. START lifts it." : "");
  showHints(phone, sms.stopped ? ["START"] : p.hints, (text) => tryTo({ do: "sms", text }));
}

function showTelegram(p) {
  const phone = phones.telegram;
  const chat = p.telegram;
  phone.root.classList.toggle("none", !chat);
  $(".absent", phone.root).hidden = !!chat;
  if (!chat) return;
  const open = chat.started && !chat.blocked;
  $(".owner", phone.root).textContent = `${p.label}’s phone: `;
  $(".peer", phone.root).textContent = `@${chat.bot}`;
  fill(phone, chat.thread);
  notice(phone, chat.blocked ? "The bot is blocked: it cannot write here." : "");
  $(".composer", phone.root).hidden = !open;
  $(".hints", phone.root).hidden = !open;
  const gate = $(".gate", phone.root);
  gate.hidden = open;
  const label = chat.blocked ? "Unblock" : chat.link ? "Start with the invitation" : "Start";
  if ($("button", gate).textContent !== label) $("button", gate).textContent = label;
  $("button", gate).dataset.do = chat.blocked ? "telegram_unblock" : "telegram_start";
  showHints(phone, p.hints, (text) => tryTo({ do: "telegram_text", text }));
  if (lastAnswer !== null && chat.answer && chat.answer !== lastAnswer) toast(phone, chat.answer.slice(chat.answer.indexOf(" ") + 1));
  lastAnswer = chat.answer;
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

function clientBox(c, p) {
  const box = element("article", "client");
  const top = element("div", "client-top");
  top.append(element("h3", "", c.name || p.label));
  if (c.channel) top.append(element("span", "", c.channel));
  box.append(top);
  if (c.attention?.length) {
    const list = element("ul");
    list.append(...c.attention.map((line) => element("li", "", line)));
    const warn = section("Needs a person", list);
    warn.className = "attention";
    box.append(warn);
  }
  const lines = (c.appointments || []).map((a) => {
    const line = element("p", "appointment");
    line.append(element("b", "", a.line), pill(a.state, a.tone));
    return line;
  });
  box.append(section(lines.length === 1 ? "Appointment" : "Appointments", ...(lines.length ? lines : [element("p", "quiet", "None booked.")])));
  box.append(section("Waiting for an answer to", element("p", c.question ? "question" : "quiet", c.question || "Nothing: no question is open.")));
  if (c.understood) {
    const u = c.understood;
    const list = element("dl", "heard");
    for (const [name, value] of [["Text", u.heard && `“${u.heard}”`], ["Meaning", u.meaning], ["Why", u.why], ["How sure", u.sure]]) {
      if (value) list.append(element("dt", "", name), element("dd", "", value));
    }
    box.append(section("What was understood of the last text", list));
  }
  if (c.messages?.length) box.append(section("Messages", rows(c.messages, (m) => [`${m.inbound ? "← " : "→ "}${m.text}`, m.state, m.tone, m.inbound ? "From the client: " : "To the client: "])));
  if (c.events?.length) box.append(section("What happened", rows(c.events, (e) => [e.text])));
  return box;
}

function rows(items, read) {
  const list = element("ol", "list");
  list.append(...items.slice(0, 12).map((item) => {
    const [text, stateText, tone, spoken] = read(item);
    const line = element("li");
    line.append(element("time", "", item.when));
    const words = element("span", "text", text);
    if (spoken) {
      words.setAttribute("aria-hidden", "true");
      line.append(words, element("span", "vh", spoken + text.slice(2)));
    } else line.append(words);
    if (stateText) line.append(pill(stateText, tone));
    return line;
  }));
  return list;
}

let caseloadShown = "";

function showCaseload(p) {
  const body = $("#caseload-body");
  const owner = $("#caseload-owner");
  const view = state.caseload;
  const clients = view ? (view.clients || []).filter((c) => !c.phone || c.phone === p.id) : [];
  const key = JSON.stringify([p.id, clients, view?.specialist, view?.link, state.trouble]);
  if (key === caseloadShown) return;
  const firstTime = caseloadShown === "" || !caseloadShown.startsWith(JSON.stringify([p.id]).slice(0, -1) + ",");
  const pillsBefore = new Set(all(".appointment", body).map((e) => e.textContent));
  caseloadShown = key;
  owner.replaceChildren();
  if (view?.specialist) owner.append(`${view.specialist}’s caseload`);
  if (view?.link && /^https?:\/\//.test(view.link)) {
    const a = element("a", "", "Open the console");
    a.href = view.link;
    if (view.specialist) owner.append(" · ");
    owner.append(a);
  }
  const at = body.scrollTop;
  if (!view) body.replaceChildren(element("p", "quiet", state.trouble));
  else if (!clients.length) body.replaceChildren(element("p", "quiet", `${p.label} is not on the caseload.`));
  else body.replaceChildren(...clients.map((c) => clientBox(c, p)));
  body.scrollTop = firstTime ? 0 : at;
  if (!firstTime) for (const e of all(".appointment", body)) if (!pillsBefore.has(e.textContent)) e.classList.add("fresh");
}

// Showing everything.

function count(p, which) {
  return (p[which]?.thread || []).filter((m) => !m.mine).length;
}

function showPeople() {
  const box = $("#people");
  const key = JSON.stringify(state.people.map((p) => [p.id, p.label]));
  if (box.dataset.key !== key) {
    box.dataset.key = key;
    box.replaceChildren(...state.people.map((p) => {
      const b = element("button", "", p.label);
      b.type = "button";
      b.dataset.person = p.id;
      const news = element("span", "news");
      news.hidden = true;
      news.append(element("span", "vh", "new message"));
      b.append(news);
      b.addEventListener("click", () => {
        person = p.id;
        lastAnswer = null;
        say("");
        show();
      });
      return b;
    }));
  }
  for (const b of all("button", box)) {
    const p = state.people.find((q) => q.id === b.dataset.person);
    const now = p.id === person;
    b.setAttribute("aria-pressed", String(now));
    const total = count(p, "sms") + count(p, "telegram");
    if (now || !seen.has(p.id)) seen.set(p.id, total);
    $(".news", b).hidden = total <= seen.get(p.id);
  }
  box.hidden = state.people.length < 2;
}

function showDots(p) {
  const view = $("#stage").dataset.view;
  for (const which of ["sms", "telegram"]) {
    const key = `${p.id} ${which}`;
    const n = count(p, which);
    if (view === which || !seen.has(key)) seen.set(key, n);
    $(`.views [data-view="${which}"] .dot`).hidden = n <= seen.get(key);
  }
}

function show() {
  if (!state) return;
  $("#clock-time").textContent = state.clock.time;
  $("#clock-day").textContent = state.clock.day;
  $("[data-morning]").title = `${state.clock.morning}, ${state.clock.zone}`;
  for (const e of all(".bar-time")) e.textContent = state.clock.time;
  const p = state.people.find((q) => q.id === person) || state.people[0];
  if (!p) {
    say("No phones were given to this carrier.", true);
    return;
  }
  person = p.id;
  showPeople();
  showSMS(p);
  showTelegram(p);
  showCaseload(p);
  showDots(p);
}

// What people do here.

for (const [which, phone] of Object.entries(phones)) {
  const thread = $(".thread", phone.root);
  phone.low = true;
  thread.addEventListener("scroll", () => phone.low = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 60);
  new ResizeObserver(() => {
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
    tryTo({ do: which === "sms" ? "sms" : "telegram_text", text });
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
      tryTo({ do: b.dataset.do, text: b.dataset.text || "" });
    });
  }
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

$(".gate button").addEventListener("click", (event) => tryTo({ do: event.currentTarget.dataset.do }));

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
