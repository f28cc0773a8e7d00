// Checks an access token with software that others wrote, by the keys that its issuer publishes; prints what it says.
//
//     NODE_PATH=<folder with the packages> node verify_token.mjs JWKS_URL ISSUER AUDIENCE TOKEN

import { load } from "./packages.mjs";

const { createRemoteJWKSet, jwtVerify } = await load("jose");

const [url, issuer, audience, token] = process.argv.slice(2);
const rules = { issuer, audience, typ: "at+jwt", algorithms: ["RS256"], requiredClaims: ["sub", "exp", "iat", "jti", "client_id"] };
const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(url)), rules);
console.log(JSON.stringify(payload));
