// One question over a WebSocket, and the answer as it is written: docs/websocket.md has all frames.
import WebSocket from 'ws'; // browsers and Node 22 have one of their own, with the same events

const API = `${process.env.PARLEY_URL ?? 'http://localhost:3000'}/api/v1`;

const guest = await fetch(`${API}/auth/guest`, { method: 'POST' });
const { accessToken } = await guest.json();

const socket = new WebSocket(`${API.replace(/^http/, 'ws')}/ws`);
const say = (frame) => socket.send(JSON.stringify(frame));

// Who is there stands in the first frame and not in the address: proxies keep addresses in their logs.
socket.onopen = () => say({ type: 'auth', token: accessToken });

socket.onmessage = ({ data }) => {
  const frame = JSON.parse(data);
  switch (frame.type) {
    case 'ready': // without a conversation the question makes one; `requestId` comes back with every frame about it
      return say({
        type: 'message.send',
        requestId: '1',
        conversationId: null,
        content: 'What is Oslo like in winter?',
      });
    case 'message.delta':
      return process.stdout.write(frame.delta);
    case 'message.completed':
    case 'message.failed':
    case 'message.cancelled':
      console.log(`\n${frame.type} in conversation ${frame.message.conversationId}`);
      return socket.close(1000);
    case 'error':
      console.error(frame.problem);
      process.exitCode = 1;
      return socket.close(1000);
  }
};

// 1012 means that the server is going away: come again at once, and `message.resume` where you were.
socket.onclose = ({ code }) => console.log(`Closed: ${code}`);
