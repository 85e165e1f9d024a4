"""An emulator for Google Cloud Pub/Sub, for the real clients, on one machine without an account.

Kept, as the service documents it:

- Topics, subscriptions and schemas, made, read, listed, changed and deleted over gRPC
  (PUBSUB_EMULATOR_HOST) and REST (the real `gcloud`), with its rules for names, fields and
  updates, its status codes, and its limits on a publish request.
- A topic with a PROTOCOL_BUFFER schema refuses on the spot what does not fit it, JSON or binary,
  with the reason in the message and in google.rpc.ErrorInfo. Schemas have revisions: committed,
  rolled back, listed and deleted, bounded by a topic's first and last one; a message carries the
  attributes `googclient_schema…` of the newest one that it fits. A successor adds or removes
  optional fields only; there are at most 20.
- Delivery at least once by Pull, StreamingPull and push, ack deadlines and their extension,
  redelivery with exponential back-off between the two bounds of the retry policy, filters in the
  whole documented grammar, `delivery_attempt` where a dead-letter policy is set, and dead letters
  with their four attributes after exactly `max_delivery_attempts` failed deliveries (the service
  counts approximately).
- Push requests have the wrapped body that an own push subscription sends; only 102, 200, 201, 202
  and 204 within the ack deadline acknowledge.

Different, on purpose:

- A push endpoint is plain http on this machine; the service wants https. OIDC settings are
  stored, and no token is sent.
- Where the service's error is short, the message says more.
- The waits between deliveries are divided by `speed`; ack deadlines are not.
- What is left out is UNIMPLEMENTED, HTTP 501; gcloud gets it as a 400, since it would try a 5xx
  again for half a minute.
- A restart delivers at once what is owed; the waits that were left are forgotten, the number of
  failed deliveries is not.

Left out: order by ordering key (the key is carried), exactly-once delivery, snapshots (a seek to a
time acknowledges what is older, and brings nothing back), Avro, message
retention and expiry (stored, not acted on), import topics, exports to BigQuery and others,
message transforms, unwrapped payloads, IAM. What would change the behaviour is refused as
UNIMPLEMENTED rather than passed over.

The state is one append-only file, journal.jsonl: one JSON object per thing that happened, each with
its checksum; damage is said, and the rest is used (see `emulators.journal`).

Faults that can be injected through `.calls`: see `errors`.
"""

from emulators.pubsub.emulator import PubSubEmulator
from emulators.pubsub.model import Delivery, Message, Outstanding

__all__ = ["Delivery", "Message", "Outstanding", "PubSubEmulator"]
