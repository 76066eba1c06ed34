using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Commands;

/// <summary>Reads the source-NAT lines of both generations.</summary>
internal static class SourceNatCommands
{
    private static readonly string[] TableNames = ["include-v4", "include-v6", "k8s", "host"];

    /// <summary>cnat snat with ADDRESS...; cnat snat exclude PREFIX [del].</summary>
    public static void ReadOld(Words words, SourceNatState state)
    {
        switch (words.Choose("with", "exclude"))
        {
            case "with":
                ReadAddresses(words, state, mayDelete: false);
                break;
            case "exclude":
                ReadPrefix(words, state, mayRewrite: false);
                break;
        }
    }

    /// <summary>set cnat snat-policy addr | if | prefix | POLICY.</summary>
    public static void ReadPolicy(Words words, SourceNatState state)
    {
        Place place = words.AtEnd ? words.Place : words.Peek.Place;
        switch (words.Choose("addr", "if", "prefix", "none", "if-pfx", "k8s", "dnat", "dnat-only"))
        {
            case "addr":
                ReadAddresses(words, state, mayDelete: true);
                break;
            case "if":
                ReadTable(words, state);
                break;
            case "prefix":
                ReadPrefix(words, state, mayRewrite: true);
                break;
            case { } policy when ReadTables(words):
                state.Choose(
                    policy switch
                    {
                        "if-pfx" => SourceNatPolicy.IfPfx,
                        "k8s" => SourceNatPolicy.K8s,
                        "dnat" => SourceNatPolicy.Dnat,
                        "dnat-only" => SourceNatPolicy.DnatOnly,
                        _ => SourceNatPolicy.None,
                    }, place, words.Problems);
                break;
        }
    }

    private static void ReadAddresses(Words words, SourceNatState state, bool mayDelete)
    {
        Place line = words.Place;
        List<(IpAddress, Place)> addresses = [];
        List<NamedSpec> links = [];
        if (words.AtEnd && !mayDelete)
        {
            words.Require("an address");
            return;
        }

        while (!words.AtEnd)
        {
            Word word = words.Peek;
            if (word.Text is "fib" or "rfib")
            {
                if (!ReadTables(words)) return;
                continue;
            }

            words.Take();
            if (IpAddress.TryParse(word.Text, out IpAddress address))
            {
                if (address.IsUnspecified)
                {
                    words.Wrong(word, "an address that packets can have");
                    return;
                }

                addresses.Add((address, word.Place));
            }
            else if (words.LinkName(word) is { } link) links.Add(link);
            else return;
        }

        if (addresses.Count + links.Count == 0) state.DeleteAddresses();
        else state.Begin(addresses.Exists(static given => given.Item1.Family == IpFamily.V4), addresses.Exists(static given => given.Item1.Family == IpFamily.V6), links.Count > 0);
        foreach ((IpAddress address, Place place) in addresses) state.AddAddress(address, place, line);
        foreach (NamedSpec link in links) state.AddAddressOf(link, line);
    }

    private static void ReadTable(Words words, SourceNatState state)
    {
        bool delete = false;
        int table = 0;
        NamedSpec? link = null;
        while (!words.AtEnd)
        {
            if (words.TryTake("del"))
            {
                delete = true;
            }
            else if (words.TryTake("table"))
            {
                if (words.Choose(TableNames) is not { } name) return;
                table = TableNames.AsSpan().IndexOf(name);
            }
            else if (link is null)
            {
                if ((link = words.Link()) is null) return;
            }
            else
            {
                words.ExpectEnd();
                return;
            }
        }

        if (link is not { } given) words.Link();
        else if (delete) state.DeleteFromTable(table, given);
        else state.AddToTable(table, given, words.Place);
    }

    private static void ReadPrefix(Words words, SourceNatState state, bool mayRewrite)
    {
        bool delete = false, source = false;
        IpPrefix? prefix = null;
        IpAddress? to = null;
        Place place = words.Place;
        while (!words.AtEnd)
        {
            if (words.TryTake("del")) delete = true;
            else if (words.TryTake("add")) delete = false;
            else if (mayRewrite && words.TryTake("src")) source = true;
            else if (mayRewrite && words.Peek.Text == "fib")
            {
                if (!ReadTables(words)) return;
            }
            else if (mayRewrite && words.TryTake("rw"))
            {
                Place at = words.AtEnd ? place : words.Peek.Place;
                if ((to = QuestionReader.Address(words)) is not { } address) return;
                if (prefix is { } known && known.Family != address.Family)
                {
                    words.Problems.Error(at, "", ConfigRule.InconsistentIpVersion, $"{known} can't be rewritten to {address}: the families differ");
                    return;
                }
            }
            else if (prefix is null)
            {
                Word word = words.Take();
                place = word.Place;
                if ((prefix = words.Prefix(word)) is null) return;
            }
            else
            {
                words.ExpectEnd();
                return;
            }
        }

        if (prefix is not { } given) words.Require("a prefix");
        else if (to is { } rewritten && rewritten.Family != given.Family)
            words.Problems.Error(place, "", ConfigRule.InconsistentIpVersion, $"{given} can't be rewritten to {rewritten}: the families differ");
        else if (delete && !source && to is null) DeletePrefix(state, given);
        else if (delete) state.DeleteRewrite(given, source);
        else if (to is { } address) state.Rewrite(new RewriteSpec(given, address, source, place), words.Place);
        else if (source) words.Require("'rw' with an address: only a rewritten prefix is matched as source");
        else state.Exclude(given, words.Place);
    }

    // Without more words it takes back whatever was said of destinations in the prefix.
    private static void DeletePrefix(SourceNatState state, IpPrefix prefix)
    {
        state.DeleteExclude(prefix);
        state.DeleteRewrite(prefix, matchSource: false);
    }

    // fib N, rfib N: the reference's numbered tables. The realm of commands is the default one.
    private static bool ReadTables(Words words)
    {
        while (!words.AtEnd)
        {
            if (words.Peek.Text is not ("fib" or "rfib")) return words.ExpectEnd();
            Word word = words.Take();
            if (words.AtEnd || words.Peek.Text != "0")
            {
                if (words.Number("a table", 0, int.MaxValue) is not null)
                    words.Problems.Error(word.Place, "", ConfigRule.Forbidden, $"commands speak of the realm '{ConfigSet.DefaultRealm}', which is 'fib 0'; documents of kind SourceNat name others");
                return false;
            }

            words.Take();
            if (!words.AtEnd && words.Peek.Text is not ("fib" or "rfib")) return true;
        }

        return true;
    }
}
