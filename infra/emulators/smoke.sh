#!/usr/bin/env bash
# One payment, its retry, the same key for another payment, and the payment's way through the queue, against a running API.
# Usage: smoke.sh http://127.0.0.1:7071 [more curl options, such as --header]
set -euo pipefail

api=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
account="smoke-$(date +%s)-$$"
key="\"$account\""

pay() { # pay ANSWER AMOUNT: prints the status
  curl --silent --show-error --max-time 60 "${@:3}" \
    --request POST "$api/api/payments" \
    --header 'Content-Type: application/json' \
    --header "Idempotency-Key: $key" \
    --data "{\"accountId\":\"$account\",\"amount\":$2,\"currency\":\"EUR\",\"paymentMethod\":\"pm_ok\"}" \
    --dump-header "$work/$1.headers" --output "$work/$1.body" --write-out '%{http_code}'
}

expect() { # expect WHAT WANTED GOT
  if [[ "$2" != "$3" ]]; then
    echo "$1: expected $2, got $3" >&2
    cat "$work"/*.headers "$work"/*.body >&2
    exit 1
  fi
  echo "$1: $3"
}

expect 'first call' 201 "$(pay first 1250 "$@")"
expect 'the same again' 201 "$(pay again 1250 "$@")"
expect 'answered from the record' 1 "$(grep -ci '^idempotency-replayed: true' "$work/again.headers" || true)"
expect 'byte for byte' same "$(cmp -s "$work/first.body" "$work/again.body" && echo same || echo different)"
expect 'the key for another amount' 422 "$(pay other 9999 "$@")"

# The statement is kept by the consumer of the queue, which gets the event after the payment was committed.
entries() {
  curl --silent --show-error --max-time 60 "$@" "$api/api/accounts/$account/statement" | grep -o '"paymentId"' | wc -l | tr -d ' '
}

for _ in $(seq 60); do
  [[ "$(entries "$@")" -ge 1 ]] && break
  sleep 1
done
expect 'entries in the statement' 1 "$(entries "$@")"
