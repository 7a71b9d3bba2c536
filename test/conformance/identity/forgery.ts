import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { decodeJwt, decodeProtectedHeader } from 'jose';

/** A true ID token, signed anew by a key that is not its issuer's. */
export async function withForeignSignature(idToken: string): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256');
  const { kid } = decodeProtectedHeader(idToken);
  const header = { alg: 'ES256', ...(kid !== undefined && { kid }) };
  return new SignJWT(decodeJwt(idToken)).setProtectedHeader(header).sign(privateKey);
}

/** A true ID token with its signature taken away (`alg: none`). */
export function withoutSignature(idToken: string): string {
  return new UnsecuredJWT(decodeJwt(idToken)).encode();
}
