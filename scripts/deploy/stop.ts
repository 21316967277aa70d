/** Why a deployment does not go on: a sentence for the operator that says what to do. Anything else thrown is a fault of ours. */
export class Stop extends Error {}
