"""What was said, and whether the speaker has finished."""

from attrs import Factory, define

from ..._base import Answer, Part


@define(repr=False, weakref_slot=False)  # there are thousands of them: filled a tenth faster so
class Word(Part):
    """One word, and when it was said."""

    word: str
    """The word as it was heard; some models leave its blanks and punctuation on."""
    start: float | None = None
    """Seconds from the beginning."""
    end: float | None = None
    """Seconds from the beginning."""

    @property
    def confidence(self) -> float | None:
        """How sure the model is, from 0 to 1; None but for nova-3, which alone says."""
        return None


@define(repr=False, weakref_slot=False)
class RatedWord(Word):
    """A word with the model's confidence.

    Not a field of every word: msgspec fills an object with an absent field at half the speed, and whisper's
    transcriptions have thousands of words without one.
    """

    confidence: float | None = None  # pyright: ignore[reportIncompatibleMethodOverride]  # a slot in a property's place
    """How sure the model is, from 0 to 1."""


@define(repr=False)
class Segment(Part):
    """A stretch of speech: a sentence, or what was said between two pauses."""

    text: str
    """What was said."""
    start: float | None = None
    """Seconds from the beginning."""
    end: float | None = None
    """Seconds from the beginning."""
    temperature: float | None = None
    """The sampling temperature that this segment was decoded with."""
    avg_logprob: float | None = None
    """The mean log probability of its tokens."""
    compression_ratio: float | None = None
    """How well its text compresses; a high one hints at repetition."""
    no_speech_prob: float | None = None
    """How likely it is that nobody speaks, from 0 to 1."""
    words: list[Word] = Factory(list)
    """Its words."""


@define(repr=False)
class TranscriptionInfo(Part):
    """What the model found out about the sound as a whole."""

    language: str | None = None
    """The language that is spoken, as a code such as "en"."""
    language_probability: float | None = None
    """How sure the model is of the language, from 0 to 1."""
    duration: float | None = None
    """The length of the sound, in seconds."""
    duration_after_vad: float | None = None
    """The length without its silences, in seconds."""


@define(repr=False)
class Transcription(Answer):
    """What was said in a sound."""

    text: str
    """All of it; with several channels a line each."""
    vtt: str | None = None
    """The same as WebVTT subtitles."""
    word_count: int | None = None
    """How many words there are, as the model counts."""
    words: list[Word] = Factory(list)
    """Each word with its time; taken from the segments where the model has them only there."""
    segments: list[Segment] = Factory(list)
    """Its sentences, where the model says."""
    transcription_info: TranscriptionInfo | None = None
    """Language and length, where the model says."""
    duration: float | None = None
    """The length of the sound in seconds, where the model says."""

    def __str__(self) -> str:
        return self.text


@define(repr=False)
class TurnDetection(Answer):
    """Whether a speaker has finished a turn."""

    is_complete: bool
    """Whether the turn is over."""
    probability: float | None = None
    """How likely it is, from 0 to 1."""
