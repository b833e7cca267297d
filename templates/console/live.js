"use strict";
// What changes appears on an open page by itself: the page hears that something
// changed, fetches itself again, and takes over what differs. Without this file
// every page does all that it does, after a reload.
(() => {
  const main = document.querySelector("main[data-live]");
  const said = document.getElementById("live");
  if (!main || !said || !main.dataset.live) return;

  const everybody = "*";
  const of = main.dataset.live; // a client, or everybody
  const every = 15000; // between two looks while nothing is told, in ms
  const apart = 250; // between two looks at the least, in ms
  let stream = null, asking = 0, planned = 0, looked = 0, looking = false, again = false, out = false;

  // ---- hearing of it

  function listen() {
    if (stream || out || document.hidden) return;
    stream = new EventSource("/live?since=" + main.dataset.at);
    stream.addEventListener("here", () => ask(false));
    stream.addEventListener("away", () => ask(true));
    stream.addEventListener("change", (e) => {
      if (of === everybody || e.data === of || e.data === everybody) soon();
    });
    stream.onerror = () => {
      // It is tried again by the browser, or, where it was refused, by the next look.
      if (stream && stream.readyState === EventSource.CLOSED) hush();
      ask(true);
    };
  }

  function hush() {
    if (stream) stream.close();
    stream = null;
  }

  // ask looks every now and then, for as long as nothing is told.
  function ask(yes) {
    if (yes && !asking && !out) asking = setInterval(() => { look(); listen(); }, every);
    if (!yes && asking) { clearInterval(asking); asking = 0; }
  }

  function soon() {
    if (!planned) planned = setTimeout(() => { planned = 0; look(); }, Math.max(20, looked + apart - Date.now()));
  }

  async function look() {
    if (looking || out || document.hidden) { again = looking; return; }
    looking = true;
    again = false;
    looked = Date.now();
    try {
      const answer = await fetch(location.pathname + location.search, {
        headers: { "Alongside-Automatic": "1" }, redirect: "manual", cache: "no-store", credentials: "same-origin",
      });
      if (answer.type === "opaqueredirect" || answer.status === 401) signedOut();
      else if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      ask(true); // The network is away.
    } finally {
      looking = false;
      if (again) soon();
    }
  }

  // signedOut takes what the page says off the screen, unless somebody's own words
  // would go with it: then it says so.
  function signedOut() {
    out = true;
    hush();
    ask(false);
    if ([...main.querySelectorAll("form")].some(busy)) {
      said.classList.remove("vh");
      say(said.dataset.out);
    } else location.reload();
  }

  // ---- taking it over

  function take(page) {
    const fresh = page.querySelector("main[data-live]");
    if (!fresh || fresh.dataset.live !== of) return;
    const texts = marks(".msg.in[id]", (n) => n.id), rows = marks(".cards > li", key);
    const anchor = anchored(), top = anchor && anchor.getBoundingClientRect().top;
    main.dataset.at = fresh.dataset.at;
    children(main, fresh);
    if (anchor && anchor.isConnected) scrollBy({ top: anchor.getBoundingClientRect().top - top, behavior: "instant" });
    if (more(".msg.in[id]", (n) => n.id, texts)) say(said.dataset.text);
    else if (more(".cards > li", key, rows)) say(said.dataset.list);
  }

  const marks = (selector, of) => new Set([...main.querySelectorAll(selector)].map(of));
  const more = (selector, of, before) => [...main.querySelectorAll(selector)].some((n) => !before.has(of(n)));

  function say(words) {
    said.textContent = "";
    setTimeout(() => { said.textContent = words; }, 50); // What does not change is not read out.
  }

  // anchored is what stays in its place on the screen: where somebody types, else
  // the end of a thread, else what is uppermost.
  function anchored() {
    const seen = (n) => { const r = n.getBoundingClientRect(); return r.height > 0 && r.bottom > 0 && r.top < innerHeight; };
    const at = document.activeElement, end = document.getElementById("thread-end");
    if (at && at !== main && main.contains(at) && seen(at)) return at;
    if (scrollY === 0) return null;
    if (end && seen(end)) return end;
    return [...main.querySelectorAll("[id], li")].find((n) => n.getBoundingClientRect().top >= 0 && seen(n));
  }

  // busy says whether somebody types in a form, or has.
  function busy(form) {
    const at = document.activeElement;
    if (form.contains(at) && at.matches("input:not([type=hidden]), textarea, select")) return true;
    return [...form.elements].some((f) => {
      if (f.type === "checkbox" || f.type === "radio") return f.checked !== f.defaultChecked;
      if (f.tagName === "SELECT") return f.selectedIndex !== Math.max(0, [...f.options].findIndex((o) => o.defaultSelected));
      return f.tagName !== "BUTTON" && f.defaultValue !== undefined && f.value !== f.defaultValue;
    });
  }
  const keeps = (n) => n.nodeType === 1 && (n.matches("form") ? busy(n) : [...n.querySelectorAll("form")].some(busy));

  // key tells two things of a kind apart: what leads to one client, or sends one
  // form, never becomes what leads to another under somebody's finger.
  function key(n) {
    if (n.nodeType !== 1) return n.nodeName;
    let name = n.id || n.getAttribute("href") || n.getAttribute("action") || "";
    if (!name && n.matches("li, .alert, .item, figure")) {
      const first = n.querySelector("form[action], a[href]");
      name = first ? first.getAttribute("action") || first.getAttribute("href") : "";
    }
    return n.nodeName + " " + name + (name ? "" : " " + n.className);
  }

  // children makes what is in an element what is in the other, and keeps every node
  // that stays.
  function children(old, fresh) {
    const wanted = new Map();
    for (const n of fresh.childNodes) wanted.set(key(n), (wanted.get(key(n)) || 0) + 1);
    for (const n of [...old.childNodes]) {
      const left = wanted.get(key(n)) || 0;
      if (left > 0) wanted.set(key(n), left - 1);
      else if (!keeps(n)) n.remove();
    }
    let at = old.firstChild;
    for (const n of [...fresh.childNodes]) {
      let same = at;
      while (same && key(same) !== key(n)) same = same.nextSibling;
      if (!same) {
        old.insertBefore(document.importNode(n, true), at);
        continue;
      }
      if (same !== at) old.insertBefore(same, at);
      else at = at.nextSibling;
      one(same, n);
    }
    while (at) {
      const next = at.nextSibling;
      if (!keeps(at)) at.remove();
      at = next;
    }
  }

  function one(old, fresh) {
    if (old.nodeType !== 1) {
      if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
      return;
    }
    if (old.isEqualNode(fresh) || (old.nodeName === "FORM" && busy(old))) return;
    for (const a of [...old.attributes]) {
      if (!fresh.hasAttribute(a.name) && !(old.nodeName === "DETAILS" && a.name === "open")) old.removeAttribute(a.name);
    }
    for (const a of fresh.attributes) {
      if (old.getAttribute(a.name) !== a.value) old.setAttribute(a.name, a.value);
    }
    children(old, fresh);
  }

  // ---- only while somebody can see it: a browser has few connections, a phone
  // little battery

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { hush(); ask(false); } else { listen(); }
  });
  addEventListener("pagehide", () => { hush(); ask(false); });
  addEventListener("pageshow", (e) => { if (e.persisted) listen(); });
  listen();
})();
