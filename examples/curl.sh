#!/bin/sh
# A guest makes a conversation, asks, reads the answer while it is written, and reads both again. Needs curl and sed.
set -eu
API="${PARLEY_URL:-http://localhost:3000}/api/v1"

# A refusal ends the script.
call() { curl --silent --show-error --fail-with-body "$@"; }
# The text of a field of some JSON: enough for tokens and ids. Where there is jq, use that.
field() { printf %s "$2" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

GUEST=$(call -X POST "$API/auth/guest")
TOKEN=$(field accessToken "$GUEST")
say() { call -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' "$@"; }

CONVERSATION=$(say "$API/conversations" -d '{"title": "A trip to Oslo"}')
MESSAGES="$API/conversations/$(field id "$CONVERSATION")/messages"

# --no-buffer shows each event when it comes. With a key, the same line sent again does not ask again: it gets the first answer.
say --no-buffer "$MESSAGES/stream" -H 'Idempotency-Key: my-first-question' \
  -d '{"content": "What is Oslo like in winter?"}'

echo 'What is kept, newest first:'
say "$MESSAGES"
echo
