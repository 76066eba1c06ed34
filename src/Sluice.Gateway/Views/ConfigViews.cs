using System.Text.Json.Serialization;

namespace Sluice.Gateway.Views;

/// <summary>The configuration in force: what <c>sluice show config</c> prints.</summary>
/// <param name="Generation">Its number.</param>
/// <param name="AppliedAt">Since when, RFC 3339.</param>
/// <param name="Files">Its files.</param>
/// <param name="Counts">How much of each kind it asks for.</param>
/// <param name="Commands">The command lines that ask for what its command files ask for together; absent where only the list was asked for.</param>
public sealed record ConfigView(
    long Generation,
    string AppliedAt,
    IReadOnlyList<ConfigFileView> Files,
    IReadOnlyDictionary<string, int> Counts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Commands = null);

/// <summary>A file of the configuration in force.</summary>
/// <param name="Name">As it was named when it was read.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="Text">What stands in it; absent where only the list was asked for.</param>
public sealed record ConfigFileView(
    string Name,
    int Lines,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text = null);

/// <summary>Peerings: what <c>sluice show peerings</c> prints.</summary>
public sealed record PeeringsView(IReadOnlyList<PeeringView> Peerings);

/// <summary>One peering.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Place">Where its document begins: file:line:column.</param>
/// <param name="Exposes">What both ends show each other.</param>
/// <param name="Acl">Its access list; null where it has none.</param>
/// <param name="Sessions">Live sessions of all its rules.</param>
public sealed record PeeringView(string Name, string Place, IReadOnlyList<ExposeView> Exposes, AclView? Acl, long Sessions);

/// <summary>One expose of a peering.</summary>
/// <param name="Realm">Whose addresses.</param>
/// <param name="To">Who sees them.</param>
/// <param name="Number">Its position in the list, from 1.</param>
/// <param name="Nat">none, default, static, masquerade or portForward.</param>
/// <param name="Private">The addresses as the realm itself knows them, as they are written: what is excluded has "not" before it.</param>
/// <param name="Public">The addresses as the other realm knows them, written in the same way.</param>
/// <param name="Forwards">Public ports and where they lead: tcp 22101 to 22.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Sessions">Live sessions that it decided.</param>
public sealed record ExposeView(
    string Realm,
    string To,
    int Number,
    string Nat,
    IReadOnlyList<string> Private,
    IReadOnlyList<string> Public,
    IReadOnlyList<string> Forwards,
    string Place,
    long Sessions);

/// <summary>The access list of a peering.</summary>
/// <param name="Default">deny, or deny-unless-exposed.</param>
/// <param name="Rules">The rules, first match first.</param>
public sealed record AclView(string Default, IReadOnlyList<AclRuleView> Rules);

/// <summary>A rule of an access list.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Action">allow or deny.</param>
/// <param name="From">The sender's realm; null: either.</param>
/// <param name="To">The receiver's realm; null: either.</param>
/// <param name="Match">What it matches, in words.</param>
/// <param name="Scope">flow or packet.</param>
/// <param name="Log">Whether a match is logged.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Sessions">Live sessions that it decided.</param>
public sealed record AclRuleView(string Name, string Action, string? From, string? To, string Match, string Scope, bool Log, string Place, long Sessions);
