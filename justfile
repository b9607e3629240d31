# `just` lists what there is. Every recipe is one command that you can also type.
_default:
    @just --list
# Play the whole workflow in a fresh world.
demo *ARGS:
    cargo run -p api -- demo {{ARGS}}
# Run the server in ./data.
serve:
    cargo run -p api -- serve
# Run the tests, on both engines; `just test report` runs some of them.
test *ARGS:
    ./test {{ARGS}}
# Run everything that must pass before a change is accepted.
ci:
    .ci/run
# Write schema.graphql from the code.
schema:
    cargo run -q -p tests --bin chuishao-under-test -- schema > schema.graphql
