"""Words from speech."""

from typing import Literal

from attrs import field, frozen

from .._base import Params
from ..media import MediaSource
from .answers import Transcription


@frozen(repr=False)
class AutomaticSpeechRecognition(Params[Transcription]):
    """Write down what is said."""

    audio: MediaSource
    """The sound, as a file of a usual format such as MP3, WAV or OGG."""
    task: Literal["transcribe", "translate"] | None = field(default=None, kw_only=True)
    """Whether to write what was said or its English translation; whisper-large-v3-turbo."""
    language: str | None = field(default=None, kw_only=True)
    """The language that is spoken, as a code such as "en"; the model finds out when absent."""
    vad_filter: bool | None = field(default=None, kw_only=True)
    """Leave out what is not speech; whisper-large-v3-turbo."""
    initial_prompt: str | None = field(default=None, kw_only=True)
    """A text that sets the scene, such as names that will occur; whisper-large-v3-turbo."""
    prefix: str | None = field(default=None, kw_only=True)
    """A text that the transcription begins with; whisper-large-v3-turbo."""
    beam_size: int | None = field(default=None, kw_only=True)
    """How many candidates the decoder keeps; whisper-large-v3-turbo."""
    condition_on_previous_text: bool | None = field(default=None, kw_only=True)
    """Give each window the text of the one before; whisper-large-v3-turbo."""
    no_speech_threshold: float | None = field(default=None, kw_only=True)
    """From which probability on a window counts as silent; whisper-large-v3-turbo."""
    compression_ratio_threshold: float | None = field(default=None, kw_only=True)
    """From which ratio on a text counts as repetition and is decoded anew; whisper-large-v3-turbo."""
    log_prob_threshold: float | None = field(default=None, kw_only=True)
    """Below which mean log probability a text is decoded anew; whisper-large-v3-turbo."""
    hallucination_silence_threshold: float | None = field(default=None, kw_only=True)
    """Seconds of silence from which on a text is taken for invented; whisper-large-v3-turbo."""
    encoding: str | None = field(default=None, kw_only=True)
    """The sound's encoding: "wav", "flac", "ogg" or "linear16"; nemotron-speech-streaming and nova-3."""
    sample_rate: int | None = field(default=None, kw_only=True)
    """Samples a second, of raw samples; nemotron-speech-streaming."""
    channels: int | None = field(default=None, kw_only=True)
    """How many channels, of raw samples; nemotron-speech-streaming."""
