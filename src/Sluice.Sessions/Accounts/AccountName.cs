using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>Of what kind an account is.</summary>
public enum AccountKind : byte
{
    /// <summary>Sessions to one backend of a translation.</summary>
    Backend,

    /// <summary>Sessions under a source-NAT policy.</summary>
    SourceNat,

    /// <summary>A translation as a whole: what it refused, and what was counted of backends that it has no more. No session is under it.</summary>
    Translation,

    /// <summary>Sessions that a rule of an added kind decided; the owner is the rule's name.</summary>
    Rule,
}

/// <summary>What an account is known by, over reloads: equal names are one account.</summary>
/// <param name="Kind">Of what kind it is.</param>
/// <param name="Owner">The name of the document that it belongs to.</param>
/// <param name="Address">With a backend: its address, unspecified where the destination stays.</param>
/// <param name="Port">With a backend: its first port; 0 where the port stays.</param>
public readonly record struct AccountName(AccountKind Kind, string Owner, IpAddress Address = default, ushort Port = 0);

/// <summary>What the configuration says of an account's sessions for the time when it names the account no more.</summary>
/// <param name="Drains">Whether TCP sessions are left to finish; else they are ended.</param>
/// <param name="IsDirect">Whether packets are sent to <see cref="AccountName.Address"/> with their destination as it is.</param>
public readonly record struct AccountTerms(bool Drains = false, bool IsDirect = false);
