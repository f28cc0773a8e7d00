// The same room as a Socket.IO server on Node has it: everybody in a session gets what happens there. It checks and keeps nothing.
//
//     NODE_PATH=<folder with the packages> node --expose-gc room.mjs '{"speech_approved":430}'
//
// The argument says how large the data of a message is, in bytes, by the message's name: as large as ours.

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const { Server } = createRequire(import.meta.url)("socket.io");

const sizes = JSON.parse(process.argv[2] ?? "{}");
const happened = {
  request_speech: "speech_request_received",
  approve_speech: "speech_approved",
  finish_speech: "speech_finished",
};
let position = 0;

const http = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => answer(response, post(request.url, body)));
});
const room = new Server(http).of("/moderation");

room.on("connection", (socket) => {
  const session = socket.handshake.auth.session_id;
  socket.join(session);
  socket.emit("connected", { position, session_id: session, connection_id: socket.id, role: "observer" });
  socket.emit("session_state", { position, snapshot: true, status: "active" });
  for (const [asked, name] of Object.entries(happened)) {
    socket.on(asked, (data, acknowledge) => {
      acknowledge(tell(session, name, { request_id: randomUUID(), ...data }));
    });
  }
});

/** POST /sessions/{id}/{name}: an event from outside; POST /collect: as little memory as it can do with. */
function post(url, body) {
  const [, place, session, name] = url.split("/");
  if (place !== "sessions") return globalThis.gc(), {};
  return tell(session, name, JSON.parse(body));
}

/** Tells everybody in the session; gives what the one who asked is told. */
function tell(session, name, data) {
  const at = new Date().toISOString();
  position += 1;
  room.to(session).emit(name, sized(name, { position, session_index: position, type: name, at, ...data }));
  return { position, session_index: position, version: position, recorded_at: at, request_id: data.request_id };
}

/** Makes it as large as such a message is. */
function sized(name, data) {
  const lacking = (sizes[name] ?? 0) - JSON.stringify({ ...data, filler: "" }).length;
  return lacking < 0 ? data : { ...data, filler: "x".repeat(lacking) };
}

function answer(response, value) {
  const text = JSON.stringify(value);
  response.writeHead(201, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

http.listen(0, "127.0.0.1", 4096, () => console.log(`room listens on http://127.0.0.1:${http.address().port}`));
