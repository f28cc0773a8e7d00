// An authorisation server that others wrote: it gives tokens to one client, bound to its key (RFC 9449).
//
//     NODE_PATH=<folder with the packages> node provider.mjs PORT TENANT [ROLE…]
//
// It says `ready` once it listens. A line on its input has it start over with a new key: what the old one signed, nobody can check any
// more. It ends with its input.

import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

import { load } from "./packages.mjs";

const { Provider } = await load("oidc-provider");
const { generateKeyPair, exportJWK } = await load("jose");

const [port, tenant, ...roles] = process.argv.slice(2);

const client = {
  client_id: "scheduler",
  client_secret: "thirty-two characters and more of it",
  grant_types: ["client_credentials"],
  response_types: [],
  redirect_uris: [],
  id_token_signed_response_alg: "ES256",
  token_endpoint_auth_method: "client_secret_post",
  dpop_bound_access_tokens: true,
};

const acta = {
  scope: "openid",
  audience: "acta",
  accessTokenTTL: 600,
  accessTokenFormat: "jwt",
  jwt: { sign: { alg: "ES256" } },
};

async function newKey() {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  return { ...(await exportJWK(privateKey)), alg: "ES256", use: "sig", kid: randomBytes(8).toString("hex") };
}

async function provider() {
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [client],
    features: {
      clientCredentials: { enabled: true },
      dPoP: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: { enabled: true, defaultResource: () => "urn:acta", getResourceServerInfo: () => acta },
    },
    extraTokenClaims: () => ({ organisation: tenant, groups: roles }),
    jwks: { keys: [await newKey()] },
  });
  provider.on("server_error", (context, error) => console.error(error));
  return provider.callback();
}

let answer = await provider();
const server = createServer((request, response) => answer(request, response));
server.listen(Number(port), "127.0.0.1", () => console.log("ready"));

for await (const _ of createInterface({ input: process.stdin })) {
  answer = await provider();
  console.log("ready");
}
server.closeAllConnections();
server.close();
