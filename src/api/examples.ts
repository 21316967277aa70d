/** The reference's signed examples. Made by scripts/sign-examples.ts: change them there. */
import { encode } from "../core/base64url.ts";

const flattened = (header: string, payload: string, signature: string) => ({
  protected: encode(header),
  payload: encode(payload),
  signature,
});
const compact = (header: string, payload: string, signature: string) =>
  `${encode(header)}.${encode(payload)}.${signature}`;

export const examples = {
  keys: {
    chirper: {
      kid: "Q2-Ua0sSW7H7bQIwlalD6BD1BuxtTyYUqCg7JXYKRmw",
      jwk: { kty: "OKP", crv: "Ed25519", x: "GgcgvA9BE3O8gDZQNPe1oJ1lfpL5UqhU34-tcsf313M" },
    },
    exchange: {
      kty: "OKP",
      crv: "Ed25519",
      x: "41kxVManhwAOpznl5meWri8Q57_VwaXMedIZimmWszw",
      kid: "fWiHlFTY5-hc2WGxNw8qM7PnatOF3khJl_VxnheWQ84",
      alg: "EdDSA",
      use: "sig",
    },
    added: {
      kid: "fKxRtp9BkUDT34exkv3wkB18JAxDWhRHnuufXXjEARs",
      jwk: { kty: "OKP", crv: "Ed25519", x: "rDqzH1pqqRvgbdXDicumRaWo1ZqLr2Tkrp-7J0g0P8Y" },
    },
    facepage: {
      kid: "gZBVavXFRau1vFXLYVUNoel4Vf_L7yXzSVzVl9ZMNEM",
      jwk: { kty: "OKP", crv: "Ed25519", x: "dghz0FpFYyl-SMLdNpaGYZUqjSKEczICiO2vDXH-Rs0" },
    },
  },
  tip: flattened(
    '{"alg":"EdDSA","kid":"Q2-Ua0sSW7H7bQIwlalD6BD1BuxtTyYUqCg7JXYKRmw","typ":"tip+jws"}',
    '{"exchange":"https://tipoff.example","tip":"0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11","version":1,"from":"chirper","issued_at":"2026-11-23T13:40:00Z","expires_at":"2027-11-23T00:00:00Z","tlp":"amber","handling":["human-review","no-publication"],"embargo":{"until":"2026-11-23T15:00:00Z","no":["publication","enforcement","user-notice"]},"ask":{"for":["investigate","preserve"],"urgency":"urgent","respond_by":"2026-11-23T14:45:00Z"},"contact":{"team":"Threat intelligence","email":"ti@chirper.example","hours":"24x7"},"basis":["shared-infrastructure","timing"],"operation":{"id":"7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11","name":"Harbour Lantern","summary":"Amplification network posing as local residents.","assessment":{"actor_type":"state-linked","confidence":70},"measures":[{"what":"accounts","platform":"chirper","count":936}]},"indicators":[{"type":"account","platform":"facepage","kind":"page","id":"100200300","handle":"harbour.voice","control":"operated","role":"amplifier","confidence":90},{"type":"domain","value":"harbour-news.example","control":"operated","role":"brand-site"},{"type":"ip","value":"203.0.113.0/24","service":"vpn","provider":"ExampleVPN"},{"type":"hash","algorithm":"pdq","of":"image","value":"f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"}],"audience":"HN8zeKf0iljhRkYZui0DX57CsoeIiomeY6OksCLv7tc"}',
    "aQGZt_p0UEFNWqCxhfmQBzKJJ7h-LIjUvbNvIxlhhB54wgVvp2B6e0VGstSJKxMNYcCOqNaP2gbCYXMI_mXWAQ",
  ),
  audience: flattened(
    '{"alg":"EdDSA","kid":"Q2-Ua0sSW7H7bQIwlalD6BD1BuxtTyYUqCg7JXYKRmw","typ":"audience+jws"}',
    '{"exchange":"https://tipoff.example","from":"chirper","tip":"0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11","version":1,"revision":1,"previous":null,"salt":"o58CySMe-FXoZAHg1s8zFA","to":["platforms","group:election-cell"],"except":[]}',
    "9aTJ8MXnf2YOaOI6iCi3YW77Jt9mYxE7IDFsCKZQfwsCM3hHJe8ZyyOjmPOO3ux1IrLZmb-OGpdyLR5Qu6tEAA",
  ),
  audience_digest: "c0kGkdant2Nkmgttu43t0Aw4iv9XyLS3WmI1EE3dJsw",
  accepted: {
    tip: "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11",
    version: 1,
    digest: "Kf9MA1hbP_Nyxj9nRPdVf3ckT-2BlyAVyGmA6B4qQQ8",
    seq: 4711,
    accepted_at: "2026-11-23T13:40:02.118Z",
    receipt: compact(
      '{"alg":"EdDSA","kid":"fWiHlFTY5-hc2WGxNw8qM7PnatOF3khJl_VxnheWQ84","typ":"receipt+jws"}',
      '{"iss":"https://tipoff.example","tip":"0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11","version":1,"digest":"Kf9MA1hbP_Nyxj9nRPdVf3ckT-2BlyAVyGmA6B4qQQ8","seq":4711,"accepted_at":"2026-11-23T13:40:02.118Z"}',
      "NDkXBMxTuXt9PvdOM8lfrQeT0BmDryvBUzBBdMyX2kMy661GtW4JmubvrUXZPI9cpyG6YsmwrbOCTxx8umCFAg",
    ),
  },
  nextAudience: flattened(
    '{"alg":"EdDSA","kid":"Q2-Ua0sSW7H7bQIwlalD6BD1BuxtTyYUqCg7JXYKRmw","typ":"audience+jws"}',
    '{"exchange":"https://tipoff.example","from":"chirper","tip":"0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11","version":1,"revision":2,"previous":"c0kGkdant2Nkmgttu43t0Aw4iv9XyLS3WmI1EE3dJsw","salt":"mHGSFqKWKQvrvB_vQKZ4JQ","to":["platforms","group:election-cell","law-enforcement:XA"],"except":[]}',
    "4hko_czHuV8BIMlfJCGyy1uVtgoyoCtbcLC0jvf5Sau8a4kjhaFxdw1D8jK9q8yLZdyMaCfVHpuKNX8TUX6dCQ",
  ),
  next_audience_digest: "4Pi3SiUeE1xbBQ6bfz8dvaIC5QxiMSxcFB6_MQ4f2Ag",
  withdrawal: flattened(
    '{"alg":"EdDSA","kid":"Q2-Ua0sSW7H7bQIwlalD6BD1BuxtTyYUqCg7JXYKRmw","typ":"withdrawal+jws"}',
    '{"exchange":"https://tipoff.example","from":"chirper","tip":"0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11","version":1,"digest":"Kf9MA1hbP_Nyxj9nRPdVf3ckT-2BlyAVyGmA6B4qQQ8","reason":"mistake","note":"The page is a newspaper\'s."}',
    "Git2cRJnbwFM6rIbBg_6JCyobOw7m557Y3haIem_UNK_TNdQCgR4mBTLFhsoAaVJA5_BeffMeUCE67ZlQpqwCA",
  ),
  feedback: flattened(
    '{"alg":"EdDSA","kid":"gZBVavXFRau1vFXLYVUNoel4Vf_L7yXzSVzVl9ZMNEM","typ":"feedback+jws"}',
    '{"exchange":"https://tipoff.example","from":"facepage","tip":"0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11","version":1,"digest":"Kf9MA1hbP_Nyxj9nRPdVf3ckT-2BlyAVyGmA6B4qQQ8","issued_at":"2026-11-23T14:10:00Z","indicators":[{"ordinals":[0],"status":"found","already_known":false,"seen":{"count":1,"last":"2026-11-22"}}]}',
    "QRiX7aeHHfZHhAnfOlIEyXtn0D-V_rolJfBV-lY8pt6ebrMALcREW6nbgd0Mjiv32f77SVJPtjdwRdg1PDabCg",
  ),
  feedback_digest: "e79ZBGOj7dDT0C2m0OJGDcmG2WWcSTLZLiw9VbFB4rY",
  assertion: compact(
    '{"alg":"EdDSA","kid":"Q2-Ua0sSW7H7bQIwlalD6BD1BuxtTyYUqCg7JXYKRmw"}',
    '{"jti":"3f1b8a52-6f0e-4f43-8f5c-8d3f5a5b7c01","iss":"chirper","sub":"chirper","aud":"https://tipoff.example","iat":1795441140,"exp":1795441200}',
    "Qqf8zqR7p-f7PFAt6Ce76BVeWPM65Q76rHdwJ7drhUCoe938dtPTgwqbLPqYyEeljqTqj83ac6FhFQBxBrHwCA",
  ),
  accessToken: compact(
    '{"alg":"EdDSA","typ":"at+jwt","kid":"fWiHlFTY5-hc2WGxNw8qM7PnatOF3khJl_VxnheWQ84"}',
    '{"client_id":"chirper","scope":"tips:read tips:write","key":"Q2-Ua0sSW7H7bQIwlalD6BD1BuxtTyYUqCg7JXYKRmw","cnf":{"jkt":"Q2-Ua0sSW7H7bQIwlalD6BD1BuxtTyYUqCg7JXYKRmw"},"iss":"https://tipoff.example","sub":"chirper","aud":"https://tipoff.example","iat":1795441140,"exp":1795441440,"jti":"0f5b2f0e-58f4-4d0c-9a33-0f8e0d1c2b3a"}',
    "Ax_g3Jgv6rcfiisqdw1XxhvaufD3EA6F_3pHa4rZETjLZ-0mMSdeFe09e-exTSKqbNf53oWPlV07l1JYCZx4Aw",
  ),
  invitation: "Zm9yLXRoZS1yZWZlcmVuY2Utb25seQ",
  joinProof: compact(
    '{"alg":"EdDSA","typ":"join+jws"}',
    '{"exchange":"https://tipoff.example","thumbprint":"fKxRtp9BkUDT34exkv3wkB18JAxDWhRHnuufXXjEARs","code_sha256":"m88qdU-MrtxYdaEoVHlZKLuuBJRhwUaoq3-zBRYqRqg"}',
    "8CMxvuX_SDh8tgoA4Ud3WtyHJ9XhrKlJ3osQcS3hQq0lVvigT24uBzuyP2f8PDfenvU6B8pBX4AHgs-v0RuCAA",
  ),
  keyProof: compact(
    '{"alg":"EdDSA","typ":"key+jws"}',
    '{"exchange":"https://tipoff.example","partner":"chirper","thumbprint":"fKxRtp9BkUDT34exkv3wkB18JAxDWhRHnuufXXjEARs"}',
    "CIyCYSmSQ_gWfSQInnw_BLJaTrjTaECKh9rKjbZFiUpWVvCOdVjRuPE1MhJK3QxXUZHtoou6fjh-GM9lLja7Cg",
  ),
} as const;
