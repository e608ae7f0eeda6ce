"""What servers do wrong, over real sockets: the error, the secrets, and the next call."""

import gzip
import pickle
import socket

import anyio
import pytest
from kit.secrets import PROXY_PASSWORD, TOKEN, leaks_of
from kit.server import HELLO, Server, answer, hang, reset, response, send, until

import cfai

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
HI = cfai.Prompt("hi")
JSON = {"Content-Type": "application/json"}
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BODY = b'{"result":{"response":"Hello"},"success":true,"errors":[],"messages":[]}'


def with_lines(*lines: bytes, body: bytes = BODY) -> bytes:
    return HEAD + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


BROKEN = {
    "closed without a byte": (send(b""), "without an answer"),
    "closed before the body is read": (send(b"", early=True), None),
    "closed in the status line": (send(b"HTTP/1.1 20"), None),
    "closed in the head": (send(HEAD), None),
    "reset without a byte": (reset(), None),
    "reset in the head": (reset(HEAD), None),
    "reset in the body": (reset(with_lines(b"Content-Length: 1000")), None),
    "cut body": (send(with_lines(b"Content-Length: 1000")), "cut"),
    "cut in a chunk": (send(CHUNKED + b"40\r\n" + BODY[:20]), "cut"),
    "cut between chunks": (send(CHUNKED + b"5\r\nhello\r\n"), "cut"),
    "no HTTP at all": (send(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "breaks HTTP"),
    "a NUL in the status line": (send(b"HTTP/1.1 2\x0000 OK\r\nContent-Length: 0\r\n\r\n"), "breaks HTTP"),
    "an impossible status": (send(b"HTTP/1.1 99999 OK\r\nContent-Length: 0\r\n\r\n"), "breaks HTTP"),
    "a bad chunk size": (send(CHUNKED + b"zz\r\nhello\r\n0\r\n\r\n"), None),
    "a negative length": (send(with_lines(b"Content-Length: -1")), "breaks HTTP"),
    "two lengths": (send(with_lines(b"Content-Length: 3", b"Content-Length: 5")), "breaks HTTP"),
    "length and chunks": (
        send(with_lines(b"Content-Length: 3", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n")),
        "breaks HTTP",
    ),
    "a header of 64 KiB": (send(with_lines(b"X-Long: " + b"x" * 65536, b"Content-Length: 72")), "breaks HTTP"),
    "ten thousand headers": (
        send(with_lines(*[b"X-Many: %d" % number for number in range(10000)], b"Content-Length: 72")),
        "breaks HTTP",
    ),
    "bad gzip": (send(response(b"no gzip", headers={**JSON, "Content-Encoding": "gzip"})), "compression is broken"),
}


@pytest.mark.parametrize("case", BROKEN)
async def test_a_broken_answer_is_a_transport_error_and_the_next_call_is_clean(client, server: Server, case):
    step, said = BROKEN[case]
    server.script(step)
    with pytest.raises(cfai.TransportError, match=said) as caught:
        await client.run(LLAMA, HI)

    assert not isinstance(caught.value, TimeoutError)
    assert LLAMA in str(caught.value)
    assert 1 == len(str(caught.value).splitlines())
    assert [] == leaks_of(caught.value)
    assert str(caught.value) == str(pickle.loads(pickle.dumps(caught.value)))
    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert [0, 1] == [seen.connection for seen in server.seen]


async def test_a_refused_connection_names_the_address(make):
    with socket.socket() as taken:  # bound and not listening: nobody else gets the port meanwhile
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(cfai.TransportError, match=f"cannot reach 127.0.0.1:{port}") as caught:
            await make(base_url=f"http://127.0.0.1:{port}").run(LLAMA, HI)

    assert isinstance(caught.value.__cause__, ConnectionRefusedError)
    assert [] == leaks_of(caught.value)


async def test_a_host_that_is_unknown_is_named(make):
    with pytest.raises(cfai.TransportError, match=r"no such host as nobody\.invalid") as caught:
        await make(base_url="http://nobody.invalid/v4", allow_insecure=True).run(LLAMA, HI)

    assert [] == leaks_of(caught.value)


async def test_warming_up_fails_like_a_call(make):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(cfai.TransportError, match="cannot reach") as caught:
            await make(base_url=f"http://127.0.0.1:{taken.getsockname()[1]}").warm()

    assert [] == leaks_of(caught.value)


async def test_a_proxy_that_is_gone_is_told_without_its_password(make):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        proxy = f"http://user:{PROXY_PASSWORD}@127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(cfai.TransportError, match="cannot reach the proxy") as caught:
            await make(base_url="http://service.example/v4", allow_insecure=True, proxy=proxy).run(LLAMA, HI)
        del proxy

    assert [] == leaks_of(caught.value)


async def test_a_proxy_that_refuses_the_tunnel_is_told_without_secrets(make, server: Server):
    server.script(send(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n"))
    client = make(base_url="https://service.example/v4", proxy=f"http://user:{PROXY_PASSWORD}@127.0.0.1:{server.port}")
    with pytest.raises(cfai.TransportError, match="proxy refused.*407") as caught:
        await client.run(LLAMA, HI)

    assert b"CONNECT service.example:443 HTTP/1.1" == server.last.line
    assert TOKEN.encode() not in server.last.head
    assert [] == leaks_of(caught.value)


async def test_a_close_delimited_answer_is_read_to_its_end(client, server: Server):
    server.script(send(HEAD + b"\r\n" + BODY))

    assert "Hello" == (await client.run(LLAMA, HI)).text


async def test_a_close_delimited_answer_that_was_cut_is_no_answer(client, server: Server):
    server.script(send(HEAD + b"\r\n" + BODY[:30]))
    with pytest.raises(cfai.DecodeError) as caught:
        await client.run(LLAMA, HI)

    assert BODY[:30] == caught.value.raw
    assert [] == leaks_of(caught.value)


async def test_an_answer_whose_compression_was_cut_is_no_answer(client, server: Server):
    server.script(send(response(gzip.compress(BODY)[:-12], headers={**JSON, "Content-Encoding": "gzip"})))
    with pytest.raises((cfai.DecodeError, cfai.TransportError)) as caught:
        await client.run(LLAMA, HI)

    assert [] == leaks_of(caught.value)


async def test_bytes_behind_an_answer_cost_its_connection_and_nothing_else(client, server: Server):
    server.script(send(response(HELLO) + b"HTTP/1.1 500 Junk\r\nContent-Length: 0\r\n\r\n", keep=True))

    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert await until(lambda: server.open_connections == 0)
    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert [0, 1] == [seen.connection for seen in server.seen]


async def test_interim_answers_are_passed_over(client, server: Server):
    server.script(send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + response(HELLO), keep=True))

    assert "Hello" == (await client.run(LLAMA, HI)).text


async def test_an_early_refusal_of_a_large_body_comes_through(client, server: Server):
    refusal = {"errors": [{"code": 3006, "message": "too large"}], "success": False, "result": {}, "messages": []}
    server.script(send(response(refusal, 413), early=True))
    with pytest.raises((cfai.RequestTooLarge, cfai.TransportError)) as caught:
        await client.run("@cf/openai/whisper", {"audio": b"ID3" + bytes(20 * 2**20)})

    # The server closes with most of the body unread, so the system may answer with RST: the refusal may be lost, but
    # never as anything else.
    assert (
        isinstance(caught.value, cfai.RequestTooLarge) or "closed" in str(caught.value) or "broke" in str(caught.value)
    )


async def test_an_early_refusal_with_an_open_connection_always_comes_through(client, server: Server):
    refusal = {"errors": [{"code": 3006, "message": "too large"}], "success": False, "result": {}, "messages": []}
    server.script(hang(response(refusal, 413, {"Connection": "close"}), early=True))
    with pytest.raises(cfai.RequestTooLarge, match="3006"):
        await client.run("@cf/openai/whisper", {"audio": b"ID3" + bytes(20 * 2**20)})

    assert "Hello" == (await client.run(LLAMA, HI)).text


async def test_a_connection_that_the_server_closed_while_idle_is_not_used_again(client, server: Server):
    server.script(send(response(HELLO)))
    await client.run(LLAMA, HI)
    assert await until(lambda: server.open_connections == 0)
    await anyio.sleep(0.05)  # for the client's loop to see what the server's has done

    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert [0, 1] == [seen.connection for seen in server.seen]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_never_followed(client, server: Server, host, status):
    stranger = Server(host).start()
    try:
        server.script(answer(b"", status, {"Location": f"{stranger.origin}/elsewhere"}))
        with pytest.raises(cfai.ApiError, match=f"{status}.*{stranger.origin}/elsewhere") as caught:
            await client.run(LLAMA, HI)

        assert cfai.ApiError is type(caught.value)
        assert (status, f"{stranger.origin}/elsewhere") == (caught.value.status, caught.value.headers["location"])
        assert 1 == len(server.seen)
        assert (0, []) == (stranger.connections, stranger.seen)
    finally:
        stranger.close()


async def test_a_redirect_within_the_service_is_not_followed_either(client, server: Server):
    server.script(answer(b"", 307, {"Location": "/client/v4/user/tokens/verify"}))
    with pytest.raises(cfai.ApiError, match="307"):
        await client.run(LLAMA, HI)

    assert 1 == len(server.seen)
