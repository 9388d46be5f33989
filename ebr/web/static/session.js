// The server's clock, the line to the server, and the lock. The server locks by itself; this only shows it.
(() => {
  "use strict";
  const page = document.documentElement, here = (window.batchline = window.batchline || {});
  const one = (query, root = document) => root.querySelector(query);
  const all = (query, root = document) => [...root.querySelectorAll(query)];
  const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const EVERY = 15000, AGAIN = 3000, PATIENCE = 5000, TOUCH = 30000;

  // --- One clock: the server's, carried on by a counter that nobody can set. -------------------
  let base = Date.parse(page.dataset.now), counted = performance.now();
  let offset = Number(page.dataset.offset || 0);
  const two = (number) => String(number).padStart(2, "0");
  const now = () => base + (performance.now() - counted);
  const zone = () => `${offset < 0 ? "\u2212" : "+"}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  const plant = (instant) => new Date(instant + offset * 60000);
  const hms = (at) => `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  const span = (ms) => {
    const s = Math.floor(Math.abs(ms) / 1000);
    return `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  };
  const set = (node, text) => { if (node && node.textContent !== text) node.textContent = text; };
  // A timer counts up from data-since and, with data-until, changes its words when it is over.
  const timers = (instant) => all("[data-timer]").forEach((node) => {
    const since = Date.parse(node.dataset.since), until = Date.parse(node.dataset.until);
    const over = !Number.isNaN(until) && instant > until && node.dataset.timer !== "wait";
    const counts = node.dataset.timer === "up" ? instant - since : until - instant;
    const shown = over ? instant - until : Math.max(0, counts);
    set(one("[data-timer-text]", node), `${over ? "+" : ""}${span(shown)}`);
    const bar = one(".fg", node), share = (instant - since) / (until - since);
    if (bar && Number.isFinite(share)) bar.setAttribute("width", `${Math.min(100, Math.max(0, share * 100)).toFixed(1)}%`);
    node.classList.toggle("crit", over);
    node.classList.toggle("warn", !over && node.dataset.timer !== "wait" && share >= 0.9);
  });
  const tick = () => {
    const instant = now(), at = plant(instant);
    all("[data-clock]").forEach((clock) => {
      set(one("b", clock), `${hms(at)} ${zone()}`);
      set(one("[data-day]", clock), `${DAYS[at.getUTCDay()]} ${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`);
    });
    timers(instant);
    warn();
  };

  // --- The line: always shown; lost means nothing is sent, and nothing is queued. --------------
  let since = null, timer = 0, lockAt = Infinity, asked = 0;
  here.lost = () => since !== null;
  here.showLost = () => { const banner = one("#offline"); banner?.scrollIntoView({ block: "nearest" }); banner?.focus(); };
  const lose = () => {
    if (since === null) {
      since = now();
      set(one("#offline [data-since]"), `No connection since ${hms(plant(since))} ${zone()}.`);
      page.classList.add("is-lost");
      const banner = one("#offline");
      if (banner) banner.hidden = false;
    }
    plan(AGAIN);
  };
  const regain = () => {
    if (since === null) return;
    since = null;
    page.classList.remove("is-lost");
    const banner = one("#offline");
    if (banner) banner.hidden = true;
    here.say?.("ok", "Connected again.", "Nothing was sent while the line was down. What is on this screen is still to be recorded.");
  };
  const plan = (after) => { clearTimeout(timer); timer = setTimeout(pulse, after); };
  const pulse = async () => {
    const mark = ++asked, sent = performance.now();
    let answer;
    try {
      answer = await fetch(page.dataset.pulse, {
        headers: { Accept: "application/json" }, cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE),
      });
      if (answer.status >= 502) throw new Error("away");
    } catch { lose(); return "lost"; }
    regain();
    if (answer.status === 401) { if (page.dataset.person) location.reload(); return "none"; }
    if (!answer.ok) { plan(EVERY); return "open"; }
    const told = await answer.json();
    if (mark === asked) {
      base = Date.parse(told.now); counted = (sent + performance.now()) / 2; offset = told.offset_min;
      lockAt = told.locks_in_s === undefined || told.state === "locked" ? Infinity : performance.now() + told.locks_in_s * 1000;
    }
    if (told.state === "locked") await lock();
    if (told.state === "open" && one("#lock") && !page.classList.contains("is-locked")) location.reload();
    plan(Math.max(250, Math.min(EVERY, lockAt - performance.now() + 250)));
    return told.state || "open";
  };
  // Before an act: is the line up and the session open?
  here.check = async () => {
    const state = await pulse();
    if (state === "lost") { here.showLost(); return state; }
    return state;
  };
  addEventListener("offline", lose);
  addEventListener("online", () => plan(0));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) plan(0); });
  document.addEventListener("htmx:sendError", lose);
  document.addEventListener("htmx:timeout", lose);
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (here.lost() && event.detail.requestConfig.verb !== "get") { event.preventDefault(); here.showLost(); }
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    // Locked or signed out meanwhile: what is on the screen stays, the lock goes over it.
    if (event.detail.xhr.status === 423) { event.detail.shouldSwap = false; lock(); }
    if (event.detail.xhr.status === 401) { event.detail.shouldSwap = false; location.reload(); }
  });

  // --- Idle: only real input keeps the session open; the server counts. ------------------------
  let touched = 0, moved = false;
  const touch = async () => {
    touched = performance.now(); moved = false;
    try {
      await fetch(page.dataset.touch, { method: "POST", headers: { "X-CSRF-Token": page.dataset.csrf, Accept: "application/json" }, credentials: "same-origin" });
    } catch { /* the next pulse says it */ }
    plan(0);
  };
  if (page.dataset.person) {
    const input = (event) => {
      if (!event.isTrusted || page.classList.contains("is-locked")) return;
      moved = true;
      if (performance.now() - touched > TOUCH) touch();
    };
    touched = performance.now();
    ["keydown", "pointerdown", "wheel", "touchmove"].forEach((kind) => addEventListener(kind, input, { passive: true, capture: true }));
    document.addEventListener("click", (event) => { if (event.target.closest("[data-stay]")) touch(); });
  }
  const warn = () => {
    const banner = one("#idle"), left = Math.ceil((lockAt - performance.now()) / 1000);
    if (!banner) return;
    const soon = left <= 60 && left > 0 && !page.classList.contains("is-locked");
    if (soon && moved) touch();
    if (banner.hidden === soon) banner.hidden = !soon;
    if (soon) set(one("[data-left]", banner), `The screen locks in ${left} s.`);
  };

  // --- The lock goes over the page; the entry stays in this tab, unseen and unsent. ------------
  let title = "", locking = false;
  const over = () => one("#over");
  const lock = async () => {
    if (page.classList.contains("is-locked") || locking || !over() || one("#lock")) return;
    locking = true;
    try {
      const answer = await fetch(page.dataset.lock, { headers: { "HX-Request": "true", "HX-Target": "lock" }, credentials: "same-origin", cache: "no-store" });
      if (!answer.ok && answer.status !== 423) { location.reload(); return; }
      title = title || document.title;
      document.title = page.dataset.lockedTitle;
      page.classList.add("is-locked");
      one(".shell").inert = true;
      put(await answer.text());
    } catch { lose(); } finally { locking = false; }
  };
  const put = (html) => {
    const box = document.createElement("template");
    box.innerHTML = html;
    over().replaceChildren(...box.content.childNodes);
    const modal = one("[role=dialog]", over());
    if (modal) here.enter(modal);
  };
  const open = (csrf) => {
    over().replaceChildren();
    one(".shell").inert = false;
    page.classList.remove("is-locked");
    document.title = title; title = "";
    if (csrf) {
      page.dataset.csrf = csrf;
      all("input[name=csrf]").forEach((field) => { field.value = csrf; });
    }
    touched = performance.now();
    plan(0);
    document.dispatchEvent(new CustomEvent("unlocked"));
  };
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("#over form[data-local]")) return;
    event.preventDefault();
    const fields = new FormData(form);
    all("input[type=password]", form).forEach((field) => { field.value = ""; });
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new URLSearchParams(fields), credentials: "same-origin",
        headers: { "HX-Request": "true", "HX-Target": "lock" },
      });
      if (answer.status === 204) open(answer.headers.get("X-CSRF-Token"));
      else if (answer.status === 401) location.reload();
      else put(await answer.text());
    } catch { lose(); }
  });

  tick();
  setInterval(tick, 1000);
  plan(page.dataset.person ? 0 : EVERY);
})();
