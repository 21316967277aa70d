/**
 * The one entry of the package `tipoff`: what is exported here is public, and nothing else is. It runs in Node from 20.19 on and
 * in browsers: no Node module, no type of a runtime, no file. (STYLE's "no barrels" is about folders inside; a package has an
 * entry.)
 */
export type { Tlp } from "../core/audience.ts";
export type { Envelope } from "../core/envelope.ts";
export type { Feedback, FeedbackStatus } from "../core/feedback.ts";
export type { How, Indicator, Sites } from "../core/indicators/family.ts";
export type { Mark, Marks } from "../core/marks.ts";
export type { DeliveryState, EventType, Kind } from "../core/names.ts";
export type { Fault } from "../core/problem.ts";
export type { Purpose } from "../core/purpose.ts";
export type { Result } from "../core/result.ts";
export type { TipDocument, TipState } from "../core/tip.ts";
export { type FileReport, type ImportOptions, importReport, type Report, type SourceFile } from "../formats/report.ts";
export { type Draft, type DraftTip, type PartnerPlaces, type TipOptions, toTips } from "../formats/to-tips.ts";
export {
  type Access,
  type AccessFilter,
  type Handed,
  listAccesses,
  listTipAccesses,
  type MonthReport,
  readTransparency,
} from "./accesses.ts";
export { acknowledge, type Outcome } from "./acknowledge.ts";
export { type CallOptions, type Connection, connect } from "./connect.ts";
export type { TokenAnswer } from "./credentials.ts";
export { fetchKeySet, listPartners, type Partner, sitesOf } from "./directory.ts";
export { confirmIndicator, type Dispute, listDisputes, reportAppeal } from "./disputes.ts";
export { type ExportOptions, exportIndicators } from "./export.ts";
export { type FeedEvent, type FeedOptions, feed } from "./feed.ts";
export {
  type FeedbackContent,
  type FeedbackItem,
  type FeedbackSummary,
  feedbackOfMatches,
  type GivenFeedback,
  giveFeedback,
  listFeedback,
  type OwnVoice,
  type SpokenOf,
  signFeedback,
  type TipFeedback,
} from "./feedback.ts";
export { type HeardFilter, type HeardTip, listHeard } from "./heard.ts";
export { type HeldTip, listHeldTips, takeBackHeldTip } from "./held-tips.ts";
export { join, loadKey, makeKey, type NewKey } from "./join.ts";
export { type Match, type MatchAnswer, type MatchOptions, match, type Question } from "./match.ts";
export { claimRelation, type OperationView, readOperation, takeBackClaim } from "./operations.ts";
export {
  type OwnTip,
  ownTip,
  rescope,
  signRescope,
  signWithdrawal,
  type WithdrawalReason,
  withdraw,
} from "./own-tip.ts";
export { ExchangeProblem, Unreachable } from "./problem.ts";
export type { Profile } from "./profile.ts";
export { endPurpose, listPurposes, type RegisteredPurpose, readPurpose, registerPurpose } from "./purposes.ts";
export { type Claim, listTips, printTip, type ReadTip, readTip, type TipFilter, type TipItem } from "./read-tip.ts";
export {
  listReadTokens,
  makeReadToken,
  type ReadToken,
  type ReadTokenSettings,
  revokeReadToken,
} from "./read-tokens.ts";
export { type Change, listChanges, type Recalled, type Recalls, readAcknowledgements } from "./recalls.ts";
export type { ConnectOptions } from "./send.ts";
export { readStats, readStatsCsv, type Stats, type StatsOptions } from "./stats.ts";
export {
  changeSubscription,
  type Delivery,
  deleteSubscription,
  type EndpointCall,
  listDeliveries,
  listSubscriptions,
  makeSubscription,
  pauseSubscription,
  proveSubscription,
  readSubscription,
  recoverDeliveries,
  resendEvent,
  resumeSubscription,
  rotateSecret,
  type Subscription,
  type SubscriptionFilters,
  type SubscriptionSettings,
  sendSamples,
} from "./subscriptions.ts";
export {
  newTipId,
  type Receipt,
  type Scope,
  type Submission,
  signReply,
  signTip,
  submit,
  type TipContent,
} from "./tips.ts";
export { type Triage, type TriageChange, triageTip, triageTips } from "./triage.ts";
export { type KeySet, type SavedKey, type Verified, verifyTip } from "./verify.ts";
export {
  challengeAnswer,
  verifyWebhook,
  type WebhookChallenge,
  type WebhookEvent,
  type WebhookMessage,
  type WebhookOptions,
} from "./webhook.ts";
