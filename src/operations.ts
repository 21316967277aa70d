/** Every operation, in the order of the reference. There is no route beside these. */

import { listAccessesOperation } from "./api/accesses/list-accesses.ts";
import { listTipAccessesOperation } from "./api/accesses/list-tip-accesses.ts";
import { acknowledgeOperation } from "./api/acknowledgements/acknowledge.ts";
import { listAcknowledgementsOperation } from "./api/acknowledgements/list-acknowledgements.ts";
import { appealIndicatorsOperation } from "./api/disputes/appeal-indicators.ts";
import { confirmIndicatorOperation } from "./api/disputes/confirm-indicator.ts";
import { listDisputesOperation } from "./api/disputes/list-disputes.ts";
import { addMemberOperation } from "./api/groups/add-member.ts";
import { listGroupsOperation } from "./api/groups/list-groups.ts";
import { makeGroupOperation } from "./api/groups/make-group.ts";
import { readGroupOperation } from "./api/groups/read-group.ts";
import { removeMemberOperation } from "./api/groups/remove-member.ts";
import { listHeldTipsOperation } from "./api/held-tips/list-held-tips.ts";
import { listPartnerHeldTipsOperation } from "./api/held-tips/list-partner-held-tips.ts";
import { refuseHeldTipOperation } from "./api/held-tips/refuse-held-tip.ts";
import { releaseHeldTipOperation } from "./api/held-tips/release-held-tip.ts";
import { takeBackHeldTipOperation } from "./api/held-tips/take-back-held-tip.ts";
import { addKeyOperation } from "./api/keys/add-key.ts";
import { approvePartnerKeyOperation } from "./api/keys/approve-partner-key.ts";
import { cancelKeyOperation } from "./api/keys/cancel-key.ts";
import { compromiseKeyOperation } from "./api/keys/compromise-key.ts";
import { compromisePartnerKeyOperation } from "./api/keys/compromise-partner-key.ts";
import { listKeysOperation } from "./api/keys/list-keys.ts";
import { retireKeyOperation } from "./api/keys/retire-key.ts";
import type { Operation } from "./api/operation.ts";
import { claimRelationOperation } from "./api/operations/claim-relation.ts";
import { readOperationOperation } from "./api/operations/read-operation.ts";
import { takeBackClaimOperation } from "./api/operations/take-back-claim.ts";
import { changePartnerOperation } from "./api/partners/change-partner.ts";
import { enrolPartnerOperation } from "./api/partners/enrol-partner.ts";
import { invitePartnerOperation } from "./api/partners/invite-partner.ts";
import { joinOperation } from "./api/partners/join.ts";
import { listPartnersOperation } from "./api/partners/list-partners.ts";
import { readMeOperation } from "./api/partners/read-me.ts";
import { readPartnerOperation } from "./api/partners/read-partner.ts";
import { approvePurposeOperation } from "./api/purposes/approve-purpose.ts";
import { endPartnerPurposeOperation } from "./api/purposes/end-partner-purpose.ts";
import { endPurposeOperation } from "./api/purposes/end-purpose.ts";
import { listPartnerPurposesOperation } from "./api/purposes/list-partner-purposes.ts";
import { listPurposesOperation } from "./api/purposes/list-purposes.ts";
import { readPurposeOperation } from "./api/purposes/read-purpose.ts";
import { registerPurposeOperation } from "./api/purposes/register-purpose.ts";
import { listReadTokensOperation } from "./api/read-tokens/list-read-tokens.ts";
import { makeReadTokenOperation } from "./api/read-tokens/make-read-token.ts";
import { revokeReadTokenOperation } from "./api/read-tokens/revoke-read-token.ts";
import { readStatsOperation } from "./api/stats/read-stats.ts";
import { changeSubscriptionOperation } from "./api/subscriptions/change-subscription.ts";
import { deleteSubscriptionOperation } from "./api/subscriptions/delete-subscription.ts";
import { listDeliveriesOperation } from "./api/subscriptions/list-deliveries.ts";
import { listSubscriptionsOperation } from "./api/subscriptions/list-subscriptions.ts";
import { makeSubscriptionOperation } from "./api/subscriptions/make-subscription.ts";
import { pauseSubscriptionOperation } from "./api/subscriptions/pause-subscription.ts";
import { proveSubscriptionOperation } from "./api/subscriptions/prove-subscription.ts";
import { readSubscriptionOperation } from "./api/subscriptions/read-subscription.ts";
import { recoverSubscriptionOperation } from "./api/subscriptions/recover-subscription.ts";
import { resendEventOperation } from "./api/subscriptions/resend-event.ts";
import { resumeSubscriptionOperation } from "./api/subscriptions/resume-subscription.ts";
import { rotateSecretOperation } from "./api/subscriptions/rotate-secret.ts";
import { sendSamplesOperation } from "./api/subscriptions/send-samples.ts";
import { exportIndicatorsOperation } from "./api/tips/export-indicators.ts";
import { giveFeedbackOperation } from "./api/tips/give-feedback.ts";
import { listFeedbackOperation } from "./api/tips/list-feedback.ts";
import { listHeardOperation } from "./api/tips/list-heard.ts";
import { listIndicatorsOperation } from "./api/tips/list-indicators.ts";
import { listTipsOperation } from "./api/tips/list-tips.ts";
import { matchOperation } from "./api/tips/match.ts";
import { printTipOperation } from "./api/tips/print-tip.ts";
import { readDifferenceOperation } from "./api/tips/read-difference.ts";
import { readFeedOperation } from "./api/tips/read-feed.ts";
import { readTipOperation } from "./api/tips/read-tip.ts";
import { rescopeTipOperation } from "./api/tips/rescope-tip.ts";
import { streamFeedOperation } from "./api/tips/stream-feed.ts";
import { submitTipOperation } from "./api/tips/submit-tip.ts";
import { withdrawTipOperation } from "./api/tips/withdraw-tip.ts";
import { readTransparencyOperation } from "./api/transparency/read-transparency.ts";
import { triageTipOperation } from "./api/triage/triage-tip.ts";
import { triageTipsOperation } from "./api/triage/triage-tips.ts";
import { eventAt } from "./misp/read-event.ts";
import { hashesAt } from "./misp/read-hashes.ts";
import { manifestAt } from "./misp/read-manifest.ts";
import { roots as mispRoots } from "./misp/roots.ts";
import { readJwksOperation } from "./oauth/read-jwks.ts";
import { readMetadataOperation } from "./oauth/read-metadata.ts";
import { readResourceMetadataOperation } from "./oauth/read-resource-metadata.ts";
import { requestTokenOperation } from "./oauth/request-token.ts";
import { referenceOperations } from "./reference/operations.ts";
import { transparencyPageOperation } from "./reference/transparency-page.ts";
import { listCollectionsOperation, readCollectionOperation } from "./taxii/read-collections.ts";
import {
  listObjectsOperation,
  readManifestOperation,
  readObjectOperation,
  readVersionsOperation,
} from "./taxii/read-objects.ts";
import { readDiscoveryOperation, readRootOperation } from "./taxii/read-roots.ts";
import { addObjectsOperation, deleteObjectOperation, readStatusOperation } from "./taxii/refuse-writing.ts";

export const operations: readonly Operation[] = [
  readMetadataOperation,
  readResourceMetadataOperation,
  readJwksOperation,
  requestTokenOperation,
  joinOperation,
  submitTipOperation,
  listTipsOperation,
  readTipOperation,
  readDifferenceOperation,
  printTipOperation,
  rescopeTipOperation,
  withdrawTipOperation,
  readOperationOperation,
  claimRelationOperation,
  takeBackClaimOperation,
  triageTipOperation,
  triageTipsOperation,
  readStatsOperation,
  giveFeedbackOperation,
  listFeedbackOperation,
  listHeardOperation,
  acknowledgeOperation,
  listAcknowledgementsOperation,
  appealIndicatorsOperation,
  listDisputesOperation,
  confirmIndicatorOperation,
  listHeldTipsOperation,
  takeBackHeldTipOperation,
  listPartnerHeldTipsOperation,
  releaseHeldTipOperation,
  refuseHeldTipOperation,
  readFeedOperation,
  streamFeedOperation,
  listIndicatorsOperation,
  exportIndicatorsOperation,
  matchOperation,
  readDiscoveryOperation,
  readRootOperation,
  listCollectionsOperation,
  readCollectionOperation,
  readManifestOperation,
  listObjectsOperation,
  addObjectsOperation,
  readObjectOperation,
  deleteObjectOperation,
  readVersionsOperation,
  readStatusOperation,
  // Of two that fit a path the first is taken.
  ...mispRoots.flatMap((root) => [manifestAt(root), hashesAt(root), eventAt(root)]),
  listTipAccessesOperation,
  listAccessesOperation,
  readTransparencyOperation,
  makeSubscriptionOperation,
  listSubscriptionsOperation,
  readSubscriptionOperation,
  changeSubscriptionOperation,
  proveSubscriptionOperation,
  pauseSubscriptionOperation,
  resumeSubscriptionOperation,
  rotateSecretOperation,
  deleteSubscriptionOperation,
  listDeliveriesOperation,
  resendEventOperation,
  recoverSubscriptionOperation,
  sendSamplesOperation,
  makeReadTokenOperation,
  listReadTokensOperation,
  revokeReadTokenOperation,
  registerPurposeOperation,
  listPurposesOperation,
  readPurposeOperation,
  endPurposeOperation,
  listPartnerPurposesOperation,
  approvePurposeOperation,
  endPartnerPurposeOperation,
  readMeOperation,
  listPartnersOperation,
  readPartnerOperation,
  enrolPartnerOperation,
  changePartnerOperation,
  invitePartnerOperation,
  listGroupsOperation,
  readGroupOperation,
  makeGroupOperation,
  addMemberOperation,
  removeMemberOperation,
  listKeysOperation,
  addKeyOperation,
  cancelKeyOperation,
  retireKeyOperation,
  compromiseKeyOperation,
  approvePartnerKeyOperation,
  compromisePartnerKeyOperation,
  transparencyPageOperation,
  ...referenceOperations,
];
