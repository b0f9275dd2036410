// The secret of an authenticator (RFC 6238) and the address that its app reads.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", bytes = 20;

/** Base32 of 160 random bits. */
export function newSecret(): string {
  let bits = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(bytes))) bits += byte.toString(2).padStart(8, "0");
  return bits.match(/.{5}/g)!.map((five) => letters[parseInt(five, 2)]).join("");
}
export function uriOf(secret: string, username: string): string {
  return `otpauth://totp/${encodeURIComponent(`MicroFlow:${username}`)}?secret=${secret}&issuer=MicroFlow`;
}
