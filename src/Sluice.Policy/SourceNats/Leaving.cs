namespace Sluice.Policy.SourceNats;

/// <summary>What the last step may make of packets of a realm.</summary>
internal enum Leaving : byte
{
    /// <summary>Nothing: no policy and no translation is in reach.</summary>
    AsDecided = 0,

    /// <summary>Packets that pass without state may become sessions, because of a policy or translation of the realm or of a peer.</summary>
    Remembered,

    /// <summary>A policy of the realm, or a rule of an added kind, may decide on their sources as well.</summary>
    Covered,

    /// <summary>What no realm says.</summary>
    Never,
}
