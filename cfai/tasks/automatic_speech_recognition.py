"""Words from speech."""

from collections.abc import Sequence
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
    source_lang: str | None = field(default=None, kw_only=True)
    """The language that is spoken, as a code such as "en", under the name that the API's own description of the task
    has for it; the models that are listed call it `language`."""
    target_lang: str | None = field(default=None, kw_only=True)
    """The language to write, as a code such as "en", under the name that the API's own description of the task has
    for it; whisper-large-v3-turbo translates into English with `task`."""
    task: Literal["transcribe", "translate"] | None = field(default=None, kw_only=True)
    """Whether to write what was said or its English translation; whisper-large-v3-turbo."""
    language: str | None = field(default=None, kw_only=True)
    """The language that is spoken, as a code such as "en"; whisper-large-v3-turbo finds out when absent, nova-3 takes
    it for English."""
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
    """How raw samples are encoded. nemotron-speech-streaming: "wav", "flac", "ogg" or "linear16". nova-3: "linear16",
    "flac", "mulaw", "amr-nb", "amr-wb", "opus", "speex" or "g729". Of a file, it is found out when absent."""
    sample_rate: int | None = field(default=None, kw_only=True)
    """Samples a second, of raw samples; nemotron-speech-streaming."""
    channels: int | None = field(default=None, kw_only=True)
    """How many channels, of raw samples; nemotron-speech-streaming, nova-3."""
    mode: Literal["general", "medical", "finance"] | None = field(default=None, kw_only=True)
    """What the talk is about; nova-3."""
    detect_language: bool | None = field(default=None, kw_only=True)
    """Find out which language is spoken; nova-3."""
    punctuate: bool | None = field(default=None, kw_only=True)
    """Set full stops, commas and capitals; nova-3."""
    smart_format: bool | None = field(default=None, kw_only=True)
    """Write numbers, dates, addresses and the like as they are read best; nova-3."""
    paragraphs: bool | None = field(default=None, kw_only=True)
    """Divide the text into paragraphs; nova-3, in `raw`."""
    utterances: bool | None = field(default=None, kw_only=True)
    """Divide the speech where it pauses; nova-3, in `raw`."""
    utt_split: float | None = field(default=None, kw_only=True)
    """Seconds of silence that divide two utterances, 0.8 when absent; nova-3."""
    multichannel: bool | None = field(default=None, kw_only=True)
    """Write down each channel by itself; nova-3. `text` then has a line for each."""
    diarize: bool | None = field(default=None, kw_only=True)
    """Say who speaks, by a number with each word; nova-3, in `raw`."""
    numerals: bool | None = field(default=None, kw_only=True)
    """Write numbers as digits; nova-3."""
    measurements: bool | None = field(default=None, kw_only=True)
    """Abbreviate units; nova-3."""
    dictation: bool | None = field(default=None, kw_only=True)
    """Take spoken commands such as "comma" for what they stand for; nova-3, with `punctuate`."""
    filler_words: bool | None = field(default=None, kw_only=True)
    """Write down "uh" and "um" too; nova-3."""
    profanity_filter: bool | None = field(default=None, kw_only=True)
    """Put something else in place of swear words; nova-3."""
    redact: str | Sequence[str] | None = field(default=None, kw_only=True)
    """Kinds of words to make unreadable, such as "pci" and "numbers"; nova-3."""
    replace: str | Sequence[str] | None = field(default=None, kw_only=True)
    """What to write in place of what, each as "heard:written"; nova-3."""
    search: str | Sequence[str] | None = field(default=None, kw_only=True)
    """Words to look for; nova-3, in `raw`."""
    keyterm: str | Sequence[str] | None = field(default=None, kw_only=True)
    """Words that are likely to occur, such as names; nova-3."""
    keywords: str | Sequence[str] | None = field(default=None, kw_only=True)
    """Words to hear more readily, or less, each as "word:strength"; nova-3."""
    detect_entities: bool | None = field(default=None, kw_only=True)
    """Find names, places and the like; nova-3, in `raw`."""
    sentiment: bool | None = field(default=None, kw_only=True)
    """Say how what is said is meant; nova-3, in `raw`."""
    topics: bool | None = field(default=None, kw_only=True)
    """Say what is spoken about; nova-3, in `raw`."""
    custom_topic: str | Sequence[str] | None = field(default=None, kw_only=True)
    """Topics to look for; nova-3."""
    custom_topic_mode: Literal["extended", "strict"] | None = field(default=None, kw_only=True)
    """Whether topics beyond those are found too ("extended", when absent) or not; nova-3."""
    custom_intent: str | Sequence[str] | None = field(default=None, kw_only=True)
    """Intentions of the speaker to look for; nova-3."""
    custom_intent_mode: Literal["extended", "strict"] | None = field(default=None, kw_only=True)
    """Whether intentions beyond those are found too ("extended", when absent) or not; nova-3."""
    extra: str | Sequence[str] | None = field(default=None, kw_only=True)
    """Names and values of your own, each as "name:value", that the answer has again; nova-3, in `raw`."""
    mip_opt_out: bool | None = field(default=None, kw_only=True)
    """Keep the sound out of the improvement of Deepgram's models; nova-3."""
