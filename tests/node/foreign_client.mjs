// A client that others wrote: it gets a token from an authorisation server, bound to its key, and schedules a session with it (RFC 9449).
//
//     NODE_PATH=<folder with the packages> node foreign_client.mjs ISSUER SERVICE FILE
//
// Its token and key are kept in FILE; if they are there already, it uses them. It prints the status and the body of the answer.

import { existsSync, readFileSync, writeFileSync } from "node:fs";

import { load } from "./packages.mjs";

const oauth = await load("oauth4webapi");
const { exportJWK, importJWK } = await load("jose");

const [issuer, service, file] = process.argv.slice(2);
const options = { [oauth.allowInsecureRequests]: true };
const client = { client_id: "scheduler" };

/** A token of the authorisation server, and the key that it is bound to. */
async function getToken() {
  const key = await oauth.generateKeyPair("ES256", { extractable: true });
  const url = new URL(issuer);
  const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, options));
  const secret = oauth.ClientSecretPost("thirty-two characters and more of it");
  const DPoP = oauth.DPoP(client, key);
  const response = await oauth.clientCredentialsGrantRequest(server, client, secret, {}, { DPoP, ...options });
  const { access_token: token } = await oauth.processClientCredentialsResponse(server, client, response);
  const [privateKey, publicKey] = await Promise.all([exportJWK(key.privateKey), exportJWK(key.publicKey)]);
  return { token, privateKey, publicKey };
}

if (!existsSync(file)) writeFileSync(file, JSON.stringify(await getToken()));
const held = JSON.parse(readFileSync(file, "utf8"));
const key = {
  privateKey: await importJWK(held.privateKey, "ES256"),
  publicKey: await importJWK(held.publicKey, "ES256", { extractable: true }),
};

const body = JSON.stringify({
  title: "General meeting",
  modality: "hybrid",
  languages: ["en"],
  schedule: { starts_at: "2026-11-22T10:00:00Z", ends_at: "2026-11-22T12:00:00Z" },
});
const headers = new Headers({ "content-type": "application/json" });
const url = new URL("/api/v1/sessions", service);
let status, text;
try {
  const DPoP = oauth.DPoP(client, key);
  const response = await oauth.protectedResourceRequest(held.token, "POST", url, headers, body, { DPoP, ...options });
  [status, text] = [response.status, await response.text()];
} catch (error) {
  if (!error.response) throw error;
  [status, text] = [error.response.status, await error.response.text()];
}
console.log(JSON.stringify({ status, body: JSON.parse(text) }));
