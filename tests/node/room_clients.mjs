// People in the room with the client that others wrote (socket.io-client), told by a test what to do.
//
//     NODE_PATH=<folder with the packages> node room_clients.mjs
//
// It reads one command a line, an object with `id` and `do`, and answers each with one line: `{"id", …}`, or `{"id", "error"}`.
// A client keeps what it was told. When its connection breaks it comes back by itself: to the next of its URLs, after the last
// position that it saw, with a proof of its own key (RFC 9449) for each attempt.

import { createHash, randomUUID } from "node:crypto";
import { createInterface } from "node:readline";

import { load } from "./packages.mjs";

const { SignJWT, exportJWK, exportSPKI, generateKeyPair } = await load("jose");
const { io } = await load("socket.io-client");
const { default: WebSocket } = await load("ws");

/** Keys by name, and clients by name. */
const [keys, clients] = [new Map(), new Map()];
/** What wakes up those who wait for something to happen. */
const waiting = new Set();

function happened() {
  for (const look of [...waiting]) look();
}

/** Waits until `find` finds something; fails after `seconds`. */
function until(find, seconds, what) {
  return new Promise((resolve, reject) => {
    const finish = (act, value) => {
      waiting.delete(look);
      clearTimeout(timer);
      act(value);
    };
    const look = () => {
      const found = find();
      if (found !== undefined) finish(resolve, found);
    };
    const timer = setTimeout(() => finish(reject, new Error(`waited in vain: ${what()}`)), seconds * 1000);
    waiting.add(look);
    look();
  });
}

/** The proof that a key is held, for coming into `session` of the service at `origin`. */
async function proof(key, { origin, session, nonce }, token) {
  const claims = {
    htm: "GET",
    htu: `${origin}/api/v1/sessions/${session}/live`,
    jti: randomUUID(),
    iat: Math.floor(Date.now() / 1000),
    ath: createHash("sha256").update(token).digest("base64url"),
    ...(nonce && { nonce }),
  };
  const header = { alg: "EdDSA", typ: "dpop+jwt", jwk: key.jwk };
  return new SignJWT(claims).setProtectedHeader(header).sign(key.privateKey);
}

/** One person who is connected to a session, and connects again. */
class Client {
  constructor(name, wish) {
    Object.assign(this, { name, ...wish });
    this.next = wish.at ?? 0;
    this.messages = [];
    this.connections = [];
    this.refusals = [];
    this.problems = [];
    this.returns = [];
    this.position = wish.after;
    this.stays = wish.stays ?? true;
    this.connect();
  }

  connect() {
    this.url = this.urls[this.next++ % this.urls.length];
    const options = { transports: this.transports ?? ["websocket"], reconnection: false, forceNew: true, timeout: 5000 };
    this.socket = io(`${this.url}${this.namespace ?? "/moderation"}`, { ...options, auth: (give) => this.introduce(give) });
    this.socket.on("connect_error", (error) => this.refused(error.message));
    this.socket.on("disconnect", (reason) => this.lost(reason));
    this.socket.onAny((event, data) => this.told(event, data));
  }

  async introduce(give) {
    if (this.auth) return give(this.auth);
    const { token, session } = this;
    const dpop = this.key && (await proof(keys.get(this.key), this, token));
    give({ token, session_id: session, ...(dpop && { dpop }), ...(this.position !== undefined && { after: this.position }) });
  }

  told(event, data) {
    if (event === "connected") this.connected(data);
    else if (event === "problem") this.problems.push(data);
    else this.messages.push({ event, data });
    if (data.session_index !== undefined && this.lostAt && data.position >= this.head) this.caughtUp();
    if (event !== "connected" && data.position > (this.position ?? 0)) this.position = data.position;
    happened();
  }

  connected(data) {
    this.connections.push({ ...data, url: this.url, sid: this.socket.id });
    this.head = data.head;
    if (this.position === undefined) this.position = data.after;
    if (this.lostAt && data.head <= this.position) this.caughtUp();
  }

  caughtUp() {
    this.returns.push(performance.now() - this.lostAt);
    this.lostAt = undefined;
  }

  refused(reason) {
    this.refusals.push(reason);
    this.nonce = /DPoP-Nonce: ([^)]+)/.exec(reason)?.[1] ?? this.nonce;
    this.socket.disconnect();
    this.comeBack();
  }

  lost(reason) {
    this.reason = reason;
    this.lostAt ??= performance.now();
    this.comeBack();
  }

  comeBack() {
    happened();
    if (this.stays && !this.gone) setTimeout(() => this.gone || this.connect(), Math.random() * (this.pause ?? 100));
  }

  leave() {
    this.gone = true;
    this.socket.disconnect();
  }
}

function client(name) {
  const found = clients.get(name);
  if (!found) throw new Error(`there is no client ${name}`);
  return found;
}

/** What the commands do. */
const does = {
  /** Makes a key; a token is to be bound to it. */
  async key({ name }) {
    const { publicKey, privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
    keys.set(name, { privateKey, jwk: await exportJWK(publicKey) });
    return { pem: await exportSPKI(publicKey) };
  },
  /** Lets a client connect, and waits until it is in or was refused. */
  async open({ client: name, wish, seconds = 20 }) {
    const opened = new Client(name, wish);
    clients.set(name, opened);
    const outcome = () => {
      const [connected] = opened.connections;
      if (connected) return { connected };
      return !opened.stays && opened.refusals.length > 0 ? { refused: opened.refusals[0] } : undefined;
    };
    return until(outcome, seconds, () => `${name} comes in: ${opened.refusals}`);
  },
  /** Sends a message and waits for its outcome. */
  async emit({ client: name, event, data, seconds = 20 }) {
    const given = data === undefined ? [] : [data];
    return { outcome: await client(name).socket.timeout(seconds * 1000).emitWithAck(event, ...given) };
  },
  /** Sends messages without waiting for anything. */
  throw({ client: name, event, data, times = 1 }) {
    for (let sent = 0; sent < times; sent++) client(name).socket.emit(event, data);
    return {};
  },
  /** Sends a message many times at once and waits for all outcomes. */
  async burst({ client: name, event, data, times, seconds = 20 }) {
    const sent = Array.from({ length: times }, () => client(name).socket.timeout(seconds * 1000).emitWithAck(event, data));
    const settled = await Promise.allSettled(sent);
    return { outcomes: settled.map((one) => one.value ?? null) };
  },
  /** Sends bytes as a message. */
  bytes({ client: name, event, length }) {
    client(name).socket.emit(event, { bytes: Buffer.alloc(length, 1) });
    return {};
  },
  /** Shows another token, proved with the client's key. */
  async renew({ client: name, token, seconds = 20 }) {
    const one = client(name);
    const dpop = one.key && (await proof(keys.get(one.key), one, token));
    const outcome = await one.socket.timeout(seconds * 1000).emitWithAck("renew_token", { token, ...(dpop && { dpop }) });
    if (!outcome.problem) one.token = token;
    return { outcome };
  },
  /** Waits until each of `clients`, or of all, has seen `position`. */
  async reached({ clients: names, position, seconds = 60 }) {
    const all = () => (names ?? [...clients.keys()]).map(client);
    const behind = () => all().filter((one) => !((one.position ?? -1) >= position));
    const late = () => `${behind().map((one) => `${one.name} at ${one.position} of ${position} ${one.refusals.slice(-1)}`)}`;
    await until(() => (behind().length === 0 ? true : undefined), seconds, late);
    return {};
  },
  /** Waits for the first message called `event`, of those that a client was told and not asked for before. */
  async message({ client: name, event, seconds = 20 }) {
    const [one, key] = [client(name), `looked at ${event}`];
    const find = () => {
      const told = event === "problem" ? one.problems.map((data) => ({ event, data })) : one.messages;
      const index = told.findIndex((message, index) => index >= (one[key] ?? 0) && message.event === event);
      if (index < 0) return undefined;
      one[key] = index + 1;
      return { data: told[index].data };
    };
    return until(find, seconds, () => `${name} is told ${event}`);
  },
  /** Waits until a client's connection has ended, and says why. */
  async ended({ client: name, seconds = 20 }) {
    const one = client(name);
    return until(() => one.reason && { reason: one.reason }, seconds, () => `the connection of ${name} ends`);
  },
  /** Breaks a client's connection, as a network does, and waits until it is back. */
  async cut({ client: name, seconds = 20 }) {
    const one = client(name);
    const before = one.returns.length;
    one.socket.io.engine.transport.ws?._socket.destroy();
    await until(() => (one.returns.length > before ? true : undefined), seconds, () => `${name} comes back: ${one.refusals}`);
    return { ms: one.returns.at(-1) };
  },
  /** What a client was told: `[event, position, session_index]`, those that tell of no event with `null`. */
  seen({ client: name }) {
    const seen = client(name).messages.map(({ event, data }) => [event, data.position, data.session_index ?? null]);
    return { seen, connections: client(name).connections, returns: client(name).returns, refusals: client(name).refusals };
  },
  /** Does as `emit`, under a key, again when the connection breaks or there is no time for it: whatever happens, it is done once. */
  async act({ client: name, event, data, seconds = 60 }) {
    const [one, key, end] = [client(name), randomUUID(), performance.now() + seconds * 1000];
    for (;;) {
      await until(() => one.socket.connected || undefined, seconds, () => `${name} is connected: ${one.refusals}`);
      const sent = one.socket.timeout(5000).emitWithAck(event, { ...data, idempotency_key: key });
      const outcome = await sent.catch((error) => ({ problem: { status: 503, detail: error.message } }));
      if (![429, 503].includes(outcome.problem?.status) || performance.now() > end) return { outcome };
      await new Promise((resolve) => setTimeout(resolve, (outcome.problem.retry_after_seconds ?? 0.05) * 1000));
    }
  },
  /** The order in which people speak, as a client was told last. */
  queue({ client: name }) {
    const told = client(name).messages.findLast(({ data }) => data.queue ?? data.floor?.queue);
    const queue = told?.data.queue ?? told?.data.floor.queue.map((request) => request.request_id) ?? [];
    return { queue };
  },
  /** What the engine says to frames that no client sends; `{"bytes": n}` is a binary one. */
  async raw({ url, frames, seconds = 3 }) {
    const socket = new WebSocket(`${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
    const got = [];
    const closed = new Promise((resolve) => socket.on("close", resolve).on("error", resolve));
    socket.on("message", (text) => {
      got.push(`${text}`);
      if (got.length === 1) for (const frame of frames) socket.send(frame.bytes ? Buffer.alloc(frame.bytes, 1) : frame);
    });
    const timer = setTimeout(() => socket.terminate(), seconds * 1000);
    const code = await closed;
    clearTimeout(timer);
    return { got: got.slice(1), code };
  },
  /** Where clients are to go from now on when they have to come back. */
  move({ urls }) {
    for (const one of clients.values()) one.urls = urls;
    return {};
  },
  leave({ client: name }) {
    client(name).leave();
    return {};
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  Promise.resolve()
    .then(() => does[command.do](command))
    .then((answer) => console.log(JSON.stringify({ id: command.id, ...answer })))
    .catch((error) => console.log(JSON.stringify({ id: command.id, error: `${error.message ?? error}` })));
}
process.exit(0);
