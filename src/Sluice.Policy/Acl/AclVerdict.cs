namespace Sluice.Policy;

/// <summary>What an access list says of a packet.</summary>
/// <param name="Rule">Index in <see cref="GatewayPolicy.Rules"/> of the rule that matched, or of the list's default; <see cref="GatewayPolicy.NoRule"/> where there is no list.</param>
/// <param name="Traits">What follows.</param>
public readonly record struct AclVerdict(uint Rule, AclTraits Traits)
{
    /// <summary>Whether the packet is denied.</summary>
    public bool Denies => (Traits & AclTraits.Denies) != 0;

    /// <summary>Whether a rule allows the packet's whole flow: its answers and errors pass too.</summary>
    public bool KeepsFlow => (Traits & AclTraits.KeepsFlow) != 0;

    /// <summary>Whether a record is due.</summary>
    public bool Logs => (Traits & AclTraits.Logs) != 0;

    /// <summary>Whether a rule matched; else the list's default decided, or there is no list.</summary>
    public bool IsByRule => (Traits & AclTraits.ByRule) != 0;
}

/// <summary>Bits of an <see cref="AclVerdict"/>.</summary>
[Flags]
public enum AclTraits : byte
{
    /// <summary>The packet passes, and nothing else follows.</summary>
    None = 0,

    /// <summary>The packet is denied.</summary>
    Denies = 1,

    /// <summary>Allowed with <c>scope: flow</c>.</summary>
    KeepsFlow = 2,

    /// <summary>Matched by a rule with <c>log: true</c>.</summary>
    Logs = 4,

    /// <summary>Matched by a rule, not left to the default.</summary>
    ByRule = 8,
}
