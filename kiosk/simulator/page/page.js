// The simulator's page: draws the newest state the server sends, and sends what the visitor does.
"use strict";

const at = (id) => document.getElementById(id);
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const WORDS = { "*": "back", "#": "OK" };
const KEYBOARD = { Enter: "#", "#": "#", Backspace: "*", Delete: "*", "*": "*" };
const STEPS = { choose: ["keypad", "power"], pay: ["phone", "panel"], take: ["tray"] };
const GROUPS = { "the phone": "phone", "the machine": "machine", "the broker": "broker", "the webhook service": "webhooks" };
const ACTIVE = { "the machine": "unplugged", "the webhook service": "stopped" };
const LABELS = { line_cut: "cut", push_lost: "armed" };
const SETTLED = { dispensed: "Goods handed over", refunded: "Money given back", void: "Nothing owed" };
const OLED = "#dff3ff";
const LANDED = 5;

let shown = null; // the state that is on the page

function send(deed, wish = {}) {
  return fetch(`/do/${deed}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(wish),
  });
}

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function drawing(symbol, classes, box = "0 0 64 80") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#${symbol}`);
  svg.setAttribute("class", classes);
  svg.setAttribute("viewBox", box);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

// what stands in the machine's window

function coil() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "coil");
  svg.setAttribute("viewBox", "0 0 84 26");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M2 21h6c11 0 11-17 6-17s-5 17 6 17c13 0 13-17 8-17s-5 17 6 17c13 0 13-17 8-17s-5 17 6 17c13 0 13-17 8-17s-5 17 6 17h12");
  svg.append(path);
  return svg;
}

function bay(goods) {
  const shelf = make("div", { class: "shelf" },
    drawing(`good-${goods.number}`, "good behind"), drawing(`good-${goods.number}`, "good front"), coil());
  const tag = make("span", { class: "tag" }, make("b", {}, String(goods.number)), make("span", {}, goods.name));
  const price = make("span", { class: "price" }, `Rp ${goods.price.toLocaleString("id-ID")}`);
  return make("div", { class: "bay", id: `spiral${goods.number}` }, shelf, tag, make("small", {}, goods.meaning), price);
}

function gate(goods) {
  const tariffs = goods.map((one) => `${one.number} ${one.name} (${one.meaning}): Rp ${one.price.toLocaleString("id-ID")}`);
  const lines = tariffs.length ? tariffs : ["Parkir (parking)", "Rp 2.000 to 50.000, in thousands"];
  const words = make("p", {}, ...lines.flatMap((line) => [line, make("br")]));
  return make("div", { class: "gate", id: "gate" }, make("span", { class: "road" }),
    drawing("car", "car", "0 0 120 48"), make("span", { class: "beam" }), make("span", { class: "post" }), words);
}

function washer() {
  const words = make("p", {}, "Mesin cuci (washing machine)", make("br"), "one coin for each Rp 1.000");
  return make("div", { class: "washer" }, make("span", { class: "drum" }), make("b", { id: "coins" }, "0"), words);
}

const MACHINES = { vending: (state) => state.goods.map(bay), gate: (state) => [gate(state.goods)], coin: () => [washer()] };

function showContacts(state) {
  const jam = state.machine === "vending" && state.contacts.length
    ? [{ words: state.jammed ? "Free the spirals" : "Jam the spirals", deed: () => send("jam", { jammed: !state.jammed }) }] : [];
  const touch = state.contacts.map((one) => ({ words: one.words, name: one.name, deed: () => send("touch", { name: one.name, active: !one.active }) }));
  at("contacts").replaceChildren(...[...touch, ...jam].map((one) => {
    const button = make("button", { type: "button", "data-contact": one.name || "jam" }, one.words);
    button.addEventListener("click", one.deed);
    return button;
  }));
  const loop = state.contacts.find((one) => one.role === "loop");
  at("machine").classList.toggle("no-car", Boolean(loop) && !loop.active);
}

function furnish(state) {
  at("machine-name").textContent = state.merchant;
  at("staff-pin").textContent = state.staff_pin;
  document.body.classList.toggle("gated", state.machine !== "vending");
  document.body.classList.toggle("free", state.free_amount);
  at("charge-amount").required = state.free_amount;
  if (state.free_amount) at("charge-amount").placeholder = "for example 5000";
  for (const id of ["price-slot", "charge-slot"]) {
    at(id).replaceChildren(...state.goods.map((one) => make("option", { value: one.number }, `${one.number}  ${one.name}`)));
  }
}

function showGoods(state) {
  at("window").replaceChildren(...MACHINES[state.machine](state));
}

// the parts, each from its part of the state

function showPanel(panel, supply) {
  const picture = new Image();
  picture.onload = () => {
    for (const canvas of [at("panel"), at("finder")]) {
      canvas.width = panel.width;
      canvas.height = panel.height;
      const brush = canvas.getContext("2d");
      brush.drawImage(picture, 0, 0);
      brush.globalCompositeOperation = "multiply";
      brush.fillStyle = OLED;
      brush.fillRect(0, 0, panel.width, panel.height);
    }
    at("panel").dataset.drawn = panel.png.length;
  };
  picture.src = `data:image/png;base64,${panel.png}`;
  const what = !panel.lit ? "The panel is dark" : panel.readable ? "The panel shows a QR code" : "The panel shows text";
  at("panel").setAttribute("aria-label", what);
  at("panel").dataset.readable = panel.readable;
  at("panel-caption").textContent = `The panel: ${panel.width} by ${panel.height} pixels${panel.width < 384 ? ", enlarged" : ""}`;
  at("panel").hidden = supply === "failed";
}

function showLamps(state) {
  at("relay").classList.toggle("on", state.lit.length > 0);
  const count = state.pulses > 1 ? `, ${state.pulses} pulses` : "";
  at("relay-text").textContent = (state.lit.length ? `on: ${state.lit.join(", ")}` : "off") + count;
  if (at("coins")) at("coins").textContent = state.pulses;
  for (const element of document.querySelectorAll(".bay")) element.classList.toggle("on", state.lit.includes(element.id));
}

function drop(output) {
  const element = at(output);
  if (output === "gate") {
    element.classList.add("open");
    setTimeout(() => element.classList.remove("open"), 4000);
    return;
  }
  element.classList.add("drop");
  setTimeout(() => element.classList.remove("drop"), 900);
}

function showFallen(state, before) {
  state.fallen.slice(before).forEach(drop);
  const goods = state.fallen.filter((output) => output !== "gate");
  if (before === state.fallen.length && at("fallen").childElementCount) return;
  at("fallen").replaceChildren(...goods.slice(-LANDED).map((output) => drawing(`good-${output.slice(6)}`, "landed")));
  const last = state.goods.find((one) => `spiral${one.number}` === goods[goods.length - 1]);
  at("fallen").setAttribute("aria-label", last ? `In the tray: ${goods.length}, newest ${last.name}` : "The tray is empty");
}

function showPhone(phone) {
  at("balance").textContent = phone.balance;
  for (const face of ["resting", "asking", "dawdling", "told"]) at(`face-${face}`).hidden = phone.face.type !== face;
  const seen = phone.face;
  if (seen.type === "asking") {
    at("payee").textContent = seen.merchant;
    at("city").textContent = seen.city;
    at("amount").textContent = phone.amount;
    at("asks").textContent = seen.is_page ? "A page to pay later on" : "Pay to";
    at("tag-line").textContent = seen.is_page ? "opened from the address in the code" : "read from the code just scanned";
    at("pay").textContent = seen.is_page ? "Pay later" : "Pay";
  }
  if (seen.type === "told") {
    at("badge").textContent = seen.good ? "✓" : "!";
    at("badge").classList.toggle("good", seen.good);
    at("told-title").textContent = seen.title;
    at("told-text").textContent = seen.text;
  }
}

function clock(seconds) {
  return new Date(seconds * 1000).toTimeString().slice(0, 8);
}

function sentence(line) {
  const item = make("li", { class: `by-${line.who}` }, make("time", {}, clock(line.at)), make("i", { "aria-hidden": "true" }));
  const text = make("span", {}, line.text.replaceAll("Rp ", "Rp\u00a0"));
  if (line.times > 1) text.append(" ", make("em", {}, `(${line.times} times)`));
  item.append(text);
  return item;
}

function showStory(story) {
  const list = at("story");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.replaceChildren(...story.map(sentence));
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function trick(one) {
  const button = make("button", { type: "button", "aria-pressed": one.active, "data-name": one.name, "data-gateway": one.gateway });
  const state = one.active ? (one.seconds ? `${one.seconds} s` : LABELS[one.name] || ACTIVE[one.place] || "armed") : "";
  button.append(make("b", {}, one.title, make("em", {}, state)), make("span", {}, one.explains));
  button.addEventListener("click", () => send("misfortune", { name: one.name, gateway: one.gateway }));
  return button;
}

function showBench(bench) {
  const { name, gateway } = document.activeElement ? document.activeElement.dataset : {};
  const places = [...new Set(bench.map((one) => one.place))];
  at("bench").replaceChildren(...places.map((place) => make("div", { class: `group ${GROUPS[place] || "gateway"}-group`, role: "group", "aria-label": place },
    make("h3", {}, place[0].toUpperCase() + place.slice(1)), ...bench.filter((one) => one.place === place).map(trick))));
  const focused = name && document.querySelector(`[data-name="${name}"][data-gateway="${gateway}"]`);
  if (focused) focused.focus();
}

function showBooks(books) {
  const tone = { paid: "paid", "sent back": "back" };
  at("books").replaceChildren(...books.slice().reverse().map((entry) => make("tr", {},
    make("td", { title: entry.order }, make("code", {}, `…${entry.order.slice(-6)}`), make("small", {}, entry.gateway)),
    make("td", {}, entry.amount),
    make("td", { class: tone[entry.standing] || "" }, entry.standing), make("td", {}, String(entry.pulses)))));
  at("books-empty").hidden = books.length > 0;
}

// how the news of a payment comes to the kiosk

function hand(one) {
  return make("li", { class: one.words ? "hand-over passed" : "hand-over" }, make("b", {}, one.title), make("span", {}, one.words || "–"));
}

function link(one) {
  const button = make("button", { type: "button", "aria-pressed": one.cut, "data-link": one.name, "aria-label": `Cut the way ${one.title}` });
  button.append(one.cut ? "mend" : "cut");
  button.addEventListener("click", () => send("misfortune", { name: one.name, gateway: "" }));
  return make("li", { class: one.cut ? "link cut" : "link" }, button);
}

function showWay(way) {
  const { link: name } = document.activeElement ? document.activeElement.dataset : {};
  at("way-words").textContent = way.words;
  const gap = () => make("li", { class: "link" });
  const between = (index) => (index === way.hands.length - 1 ? [] : [way.links.length ? link(way.links[index]) : gap()]);
  at("hands").replaceChildren(...way.hands.flatMap((one, index) => [hand(one), ...between(index)]));
  const focused = name && document.querySelector(`[data-link="${name}"]`);
  if (focused) focused.focus();
}

// what is far away

function slotLine(one) {
  const name = make("td", {}, ...(one.number ? [make("b", {}, String(one.number))] : []), one.name);
  const words = make("td", { class: one.sells ? "" : "off" }, one.sells ? one.price : one.words);
  const what = one.number ? `slot ${one.number}` : "the whole machine";
  const button = make("button", { type: "button", "data-service": one.number }, one.sells ? "Disable" : "Enable");
  button.setAttribute("aria-label", `${button.textContent} ${what}`);
  button.addEventListener("click", () => send("service", { slot: one.number || "all", on: !one.sells }));
  return make("tr", {}, name, words, make("td", {}, button));
}

function claimBox(claim) {
  const buttons = Object.entries(SETTLED).map(([how, words]) => {
    const button = make("button", { type: "button", "data-settle": how }, words);
    button.addEventListener("click", () => send("settle", { order: claim.order, how }));
    return button;
  });
  return make("div", { class: "claim" }, claim.words, make("div", {}, ...buttons));
}

function eventLine(event) {
  const about = event.about ? [" ", make("small", {}, event.about)] : [];
  const words = event.words.replaceAll("Rp ", "Rp\u00a0");
  return make("li", { title: `${event.what}, number ${event.seq}` }, make("time", {}, clock(event.at)), make("span", {}, words, ...about));
}

function showOffice(office) {
  const { service } = document.activeElement ? document.activeElement.dataset : {};
  at("standing").classList.toggle("here", office.connected && office.standing.includes("online"));
  at("standing-text").textContent = office.connected ? office.standing : "The broker is away";
  at("slots").replaceChildren(...office.slots.map(slotLine));
  at("configuration").textContent = office.configuration;
  at("faults").replaceChildren(...office.faults.map((fault) => make("li", {}, fault)));
  at("reported").textContent = office.reported;
  at("claims").replaceChildren(...office.claims.map(claimBox));
  at("claims-empty").hidden = office.claims.length > 0;
  at("events").replaceChildren(...office.events.map(eventLine));
  at("office-books").textContent = office.books;
  at("watch").textContent = office.watch;
  const focused = service && document.querySelector(`[data-service="${service}"]`);
  if (focused) focused.focus();
}

function answerLine(answer) {
  const words = make("span", {}, make("b", {}, answer.status), `: ${answer.words} `, make("small", {}, answer.reference));
  return make("li", { class: answer.status }, make("time", {}, clock(answer.at)), words);
}

function showController(controller) {
  at("answers").replaceChildren(...controller.answers.map(answerLine));
  at("answers-empty").hidden = controller.answers.length > 0;
  at("again").disabled = !controller.newest;
  at("again").title = controller.newest;
}

function whole(id) {
  return at(id).value ? Number(at(id).value) : null;
}

function charge() {
  const slot = document.body.classList.contains("free") ? null : whole("charge-slot");
  send("charge", { slot, amount: whole("charge-amount"), reference: at("charge-reference").value || null });
}

function onSubmit(form, deed) {
  at(form).addEventListener("submit", (event) => {
    event.preventDefault();
    deed();
  });
}

function showGateways(state) {
  at("gateway").replaceChildren(...state.gateways.map((one) => make("option", { value: one.value }, one.words)));
  at("gateway").value = state.gateway.value;
  at("provider").textContent = state.gateway.words;
}

function showPower(state) {
  const isOn = state.supply === "on";
  at("power").classList.toggle("off", !isOn);
  at("power-text").textContent = isOn ? "Cut the power" : "Power on";
  at("machine").classList.toggle("dark", !isOn);
  at("complaint").hidden = state.supply !== "failed";
  at("complaint").textContent = state.complaint;
}

function place(name) {
  return document.querySelector(`[data-place="${name}"]`);
}

function showHint(hint) {
  at("hint").classList.remove("lost");
  at("hint").classList.toggle("far", ["bench", "office"].includes(hint.place));
  at("hint-title").textContent = hint.title;
  at("hint-text").textContent = hint.text;
  for (const element of document.querySelectorAll("[data-place]")) {
    element.classList.toggle("here", element.dataset.place === hint.place);
  }
  for (const step of at("steps").children) {
    step.classList.toggle("now", STEPS[step.dataset.step].includes(hint.place));
  }
}

function show(state) {
  const differs = (name) => shown === null || JSON.stringify(shown[name]) !== JSON.stringify(state[name]);
  if (shown === null) furnish(state);
  if (differs("goods")) showGoods(state);
  if (differs("contacts") || differs("jammed")) showContacts(state);
  if (differs("panel") || differs("supply")) showPanel(state.panel, state.supply);
  showLamps(state);
  if (differs("fallen")) showFallen(state, shown === null ? state.fallen.length : shown.fallen.length);
  if (differs("phone")) showPhone(state.phone);
  if (differs("story")) showStory(state.story);
  if (differs("bench")) showBench(state.bench);
  if (differs("gateway")) showGateways(state);
  if (differs("books")) showBooks(state.books);
  if (differs("office")) showOffice(state.office);
  if (differs("way")) showWay(state.way);
  if (differs("controller")) showController(state.controller);
  if (differs("log")) at("log").textContent = state.log.join("\n");
  if (differs("hint")) showHint(state.hint);
  showPower(state);
  shown = state;
  document.body.dataset.ready = "true";
}

// what the visitor does

const HOLD = 3000; // milliseconds, as on a real keypad
let holding = 0;
let wasHeld = false;
let typed = Promise.resolve(); // one key after another: two requests at once may overtake each other

function press(key) {
  const sent = typed.then(() => send("press", { key }));
  typed = sent.catch(() => {});
  const button = document.querySelector(`[data-key="${key}"]`);
  button.classList.add("down");
  setTimeout(() => button.classList.remove("down"), 120);
  return sent;
}

function holdSoon(key, isPressed) {
  clearTimeout(holding);
  wasHeld = false;
  holding = setTimeout(async () => {
    wasHeld = !isPressed;
    if (!isPressed) await press(key); // a press is told before its holding
    send("hold", { key });
  }, HOLD);
}

function letGo() {
  clearTimeout(holding);
}

for (const key of KEYS) {
  const button = make("button", { type: "button", "data-key": key }, key);
  if (WORDS[key]) {
    button.append(make("small", {}, WORDS[key]));
    button.setAttribute("aria-label", `${key}, ${WORDS[key]}`);
  }
  button.addEventListener("pointerdown", (event) => { if (event.button === 0) holdSoon(key, false); });
  for (const end of ["pointerup", "pointerleave", "pointercancel"]) button.addEventListener(end, letGo);
  button.addEventListener("contextmenu", (event) => event.preventDefault()); // what a long touch brings
  button.addEventListener("click", (event) => {
    if (!wasHeld || event.detail === 0) press(key); // what ends a holding is no second press
    wasHeld = false;
    if (event.detail > 0) button.blur(); // a mouse leaves no focus, so that Enter stays the machine's key
  });
  at("keypad").append(button);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, select")) return; // what is typed there is not for the machine
  const onControl = event.target.closest("button, summary, a");
  if (onControl && (event.key === "Enter" || event.key === " ")) return;
  const key = /^[0-9]$/.test(event.key) ? event.key : KEYBOARD[event.key];
  if (!key) return;
  event.preventDefault();
  press(key);
  holdSoon(key, true);
});
document.addEventListener("keyup", letGo);

at("hint-show").addEventListener("click", () => {
  place(shown.hint.place).scrollIntoView({ block: "center" });
});
at("scan").addEventListener("click", () => send("scan"));
at("pay").addEventListener("click", () => send("pay"));
for (const id of ["decline", "done"]) at(id).addEventListener("click", () => send("decline"));
at("gateway").addEventListener("change", () => send("gateway", { names: at("gateway").value }));
onSubmit("price-form", () => send("price", { slot: whole("price-slot"), price: whole("price") }));
onSubmit("charge-form", charge);
at("again").addEventListener("click", () => send("again"));
at("power").addEventListener("click", () => send("power", { on: shown === null || shown.supply !== "on" }));

// a button that is drawn anew between press and release gets no click, so the page stands still meanwhile
const DRAWN_ANEW = "#contacts, #bench, #hands, #slots, #claims";
let isPressed = false;
let newest = null; // the state that is not on the page yet

function draw() {
  if (newest === null || isPressed) return;
  show(newest);
  newest = null;
}

document.addEventListener("pointerdown", (event) => { isPressed = Boolean(event.target.closest(DRAWN_ANEW)); });
for (const end of ["pointerup", "pointercancel", "blur"]) {
  window.addEventListener(end, () => setTimeout(() => { isPressed = false; draw(); })); // the click comes first
}

const events = new EventSource("/events");
events.onmessage = (event) => {
  newest = JSON.parse(event.data);
  draw();
};
events.onerror = () => {
  at("hint").classList.add("lost");
  at("hint-title").textContent = "The simulator has stopped.";
  at("hint-text").textContent = "Start scripts/simulate again; this page comes back by itself.";
  shown = null;
};
