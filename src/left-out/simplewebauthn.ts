/**
 * Takes the place of the files of @simplewebauthn/server that check the makers of authenticators (wrangler.toml,
 * [alias]): attestation other than "none" and a passkey's own, the certificates that come with it, and lists of known
 * devices. Nobody is asked for any of it, and src/auth/passkeys/verify.ts refuses who sends it.
 */

function refuse(): never {
  throw new Error("A passkey came with its maker's attestation, and what checks that is left out");
}

// registration/verifications
export const verifyAttestationAndroidKey = refuse;
export const verifyAttestationAndroidSafetyNet = refuse;
export const verifyAttestationApple = refuse;
export const verifyAttestationFIDOU2F = refuse;
export const verifyAttestationTPM = refuse;

// helpers
export const convertX509PublicKeyToCOSE = refuse;
export const getCertificateInfo = refuse;
export const isCertRevoked = refuse;
export const validateCertificatePath = refuse;
export const validateExtFIDOGenCEAAGUID = refuse;

// metadata, services/metadataService
export const verifyAttestationWithMetadata = refuse;
export const verifyMDSBlob = refuse;
export const MetadataService = { initialize: refuse, getStatement: refuse };

/** services/defaultRootCerts: kept by the library, and given to `validateCertificatePath` only. */
const NO_CERTIFICATE = "";
export const Apple_WebAuthn_Root_CA = NO_CERTIFICATE;
export const GlobalSign_Root_CA = NO_CERTIFICATE;
export const GlobalSign_Root_CA_R3 = NO_CERTIFICATE;
export const GlobalSign_Root_R46 = NO_CERTIFICATE;
export const Google_Hardware_Attestation_Root_1 = NO_CERTIFICATE;
export const Google_Hardware_Attestation_Root_2 = NO_CERTIFICATE;
export const Google_Hardware_Attestation_Root_3 = NO_CERTIFICATE;
export const Google_Hardware_Attestation_Root_4 = NO_CERTIFICATE;
