// A basic phone. It plays the network's part towards the gateway: it opens a session, repeats all inputs joined by "*",
// shows what comes back and says when it is over.
(() => {
  'use strict';

  const byId = (id) => document.getElementById(id);
  const page = byId('phone');
  const say = page.dataset;
  const number = byId('number');
  const dial = byId('dial');
  const screen = byId('screen');
  const state = byId('state');
  const meter = byId('meter');
  const reply = byId('reply');
  const send = byId('send');
  const call = byId('call');
  const hangUp = byId('hang-up');

  const NETWORK = '99999'; // the sandbox of Africa's Talking
  const ANSWER_TIMEOUT = 10_000; // ms, what Africa's Talking grants
  const SESSION_LIFE = 180_000; // ms, what networks grant
  const SMS_EVERY = 5_000; // ms

  // GSM 03.38 default alphabet, and the extension table whose characters take two septets.
  const BASIC = new Set('@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡' +
    'ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà');
  const EXTENSION = new Set('\f^{}\\[~]|€');

  // On a touch screen focus would push up the system's keyboard and hide the phone's own.
  const hasKeyboard = !matchMedia('(pointer: coarse)').matches;

  let session = null; // {id, phone, inputs, hops, began, life}
  let busy = null; // AbortController of the request under way

  function measure(text) {
    let septets = 0;
    for (const letter of text) {
      if (BASIC.has(letter)) septets += 1;
      else if (EXTENSION.has(letter)) septets += 2;
      else return { name: 'UCS2', units: text.length, limit: Number(say.ucs2) };
    }
    return { name: 'GSM7', units: septets, limit: Number(say.gsm7) };
  }

  function show(text) {
    const m = measure(text);
    screen.textContent = text;
    meter.textContent = text === '' ? '' : `[${m.name} ${m.units}/${m.limit}]`;
    meter.classList.toggle('over', m.units > m.limit);
  }

  function update(message) {
    const open = session !== null;
    const waiting = busy !== null;
    state.textContent = message;
    screen.setAttribute('aria-busy', String(waiting));
    reply.disabled = !open || waiting;
    send.disabled = !open || waiting;
    call.disabled = waiting;
    hangUp.disabled = !open;
    dial.readOnly = open;
    number.readOnly = open;
  }

  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return 'ATUid_' + Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
  }

  // What was dialled after the service code walks the menus: *384*96*1*1# sends 1*1.
  function dialled() {
    const typed = dial.value.trim();
    if (!/^\*[^#]*#$/.test(typed)) return { error: say.noHash };
    const code = say.code.slice(0, -1);
    const rest = typed.slice(0, -1);
    if (rest === code) return { text: '' };
    if (rest.startsWith(code + '*')) return { text: rest.slice(code.length + 1) };
    return { error: say.wrongCode.replace('{code}', say.code) };
  }

  function start() {
    if (busy) return;
    if (session) {
      answer();
      return;
    }
    const { text, error } = dialled();
    if (error) {
      show('');
      update(error);
      return;
    }
    const id = newId();
    session = { id, phone: number.value.trim(), inputs: text === '' ? [] : [text], hops: 0, began: Date.now() };
    session.life = setTimeout(() => expire(id), SESSION_LIFE);
    request();
  }

  // A network carries no # inside an answer.
  function answer() {
    if (!session || busy) return;
    session.inputs.push(reply.value.replaceAll('#', ''));
    reply.value = '';
    request();
  }

  async function request() {
    const mine = session;
    const abort = new AbortController();
    busy = abort;
    update(say.waiting);
    const timer = setTimeout(() => abort.abort(), ANSWER_TIMEOUT);
    let body = null;
    let failure = say.noNetwork;
    try {
      const response = await fetch(say.hook, { method: 'POST', body: fields(mine, { text: mine.inputs.join('*') }), signal: abort.signal, cache: 'no-store' });
      const text = await response.text();
      failure = say.unreadable;
      if (response.ok && /^(CON|END) /.test(text)) body = text;
    } catch {
      // No connection, or no answer in time: the message is set already.
    }
    clearTimeout(timer);
    if (session !== mine) return; // hung up meanwhile
    busy = null;
    mine.hops += 1;
    if (body === null) {
      show('');
      close('Failed', failure);
      return;
    }
    show(body.slice(4));
    if (body.startsWith('END ')) {
      close('Success', say.over);
    } else {
      update('');
      if (hasKeyboard) reply.focus({ preventScroll: true });
    }
    readMessages();
  }

  function fields(of, more) {
    return new URLSearchParams({ sessionId: of.id, phoneNumber: of.phone, networkCode: NETWORK, serviceCode: say.code, ...more });
  }

  function close(status, message) {
    const over = session;
    if (!over) return;
    clearTimeout(over.life);
    if (busy) busy.abort();
    session = null;
    busy = null;
    reply.value = '';
    update(message);
    if (hasKeyboard) dial.focus({ preventScroll: true });
    if (!say.end) return;
    const notice = fields(over, { status, hopsCount: String(over.hops), durationInMillis: String(Date.now() - over.began) });
    fetch(say.end, { method: 'POST', body: notice, keepalive: true }).catch(() => {}); // a statistic
  }

  function quit() {
    if (!session) return;
    show('');
    close('Incomplete', say.hungUp);
  }

  function expire(id) {
    if (session && session.id === id) {
      show('');
      close('Incomplete', say.expired);
    }
  }

  // The keys of the phone write where the phone waits: the code before a call, the answer during one.
  function press(key) {
    if (session) {
      if (!busy && key !== '#') reply.value += key;
    } else {
      dial.value += key;
    }
  }

  function clear() {
    const field = session ? reply : dial;
    field.value = field.value.slice(0, -1);
  }

  function onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'Escape') {
      quit();
      return;
    }
    const on = event.target;
    if (on instanceof HTMLInputElement && !on.readOnly && !on.disabled) return; // it writes itself, Enter submits
    if (/^[0-9*#]$/.test(event.key)) press(event.key);
    else if (event.key === 'Backspace') clear();
    else if (event.key === 'Enter' && !(on instanceof HTMLButtonElement || on instanceof HTMLAnchorElement)) start();
    else return;
    event.preventDefault();
  }

  async function readMessages() {
    const of = number.value.trim();
    const empty = byId('thread-empty');
    let list;
    try {
      const response = await fetch(`${say.sms}?${new URLSearchParams({ number: of })}`, { cache: 'no-store' });
      if (!response.ok && response.status !== 400) throw new Error('unavailable');
      list = response.ok ? await response.json() : []; // a number that is none has no messages
    } catch {
      empty.textContent = say.noSms;
      empty.hidden = false;
      return;
    }
    if (of !== number.value.trim()) return;
    empty.textContent = emptyText;
    empty.hidden = list.length > 0;
    const shown = byId('thread');
    const newest = list.length > 0 ? `${of} ${list[list.length - 1].id} ${list.length}` : of;
    if (shown.dataset.newest === newest) return; // nothing to announce
    shown.dataset.newest = newest;
    shown.replaceChildren(...list.map(bubble));
  }

  // A reply is written by the gateway's own workers, so the thread is read again until it has grown.
  async function write(event) {
    event.preventDefault();
    const message = byId('message');
    const notice = byId('not-sent');
    notice.textContent = '';
    try {
      const body = new URLSearchParams({ from: number.value.trim(), text: message.value });
      const response = await fetch(say.mo, { method: 'POST', body, cache: 'no-store' });
      if (!response.ok) throw new Error('refused');
      message.value = '';
    } catch {
      notice.textContent = say.notSent;
      return;
    }
    const before = byId('thread').dataset.newest;
    for (let tries = 0; tries < 10 && byId('thread').dataset.newest === before; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await readMessages();
    }
  }

  function bubble(sms) {
    const item = document.createElement('li');
    const head = document.createElement('header');
    const at = new Date(sms.at);
    head.textContent = `${say.from} ${sms.from}, ${at.toLocaleString(document.documentElement.lang)}`;
    item.append(head, sms.text);
    return item;
  }

  // The language link keeps what was typed, in this tab only: a number has no place in an address.
  function keepTyped() {
    sessionStorage.setItem('phone', JSON.stringify({ number: number.value, dial: dial.value }));
  }

  function restoreTyped() {
    const kept = sessionStorage.getItem('phone');
    if (!kept) return;
    sessionStorage.removeItem('phone');
    ({ number: number.value, dial: dial.value } = JSON.parse(kept));
  }

  const emptyText = byId('thread-empty').textContent;
  restoreTyped();
  byId('dialler').addEventListener('submit', (event) => { event.preventDefault(); start(); });
  byId('answer').addEventListener('submit', (event) => { event.preventDefault(); answer(); });
  hangUp.addEventListener('click', quit);
  byId('clear').addEventListener('click', clear);
  byId('refresh').addEventListener('click', readMessages);
  if (say.mo) byId('write').addEventListener('submit', write);
  byId('other-language').addEventListener('click', keepTyped);
  number.addEventListener('change', readMessages);
  for (const key of document.querySelectorAll('[data-key]')) key.addEventListener('click', () => press(key.dataset.key));
  document.addEventListener('keydown', onKey);
  setInterval(() => { if (!document.hidden) readMessages(); }, SMS_EVERY);
  readMessages();
  document.documentElement.dataset.ready = 'yes';
})();
