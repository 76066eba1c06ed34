namespace Sluice.Policy;

/// <summary>The access list of one peering for the packets of one direction, compiled.</summary>
/// <param name="list">The rules of both directions.</param>
/// <param name="blocks">The direction's rules, first match first.</param>
internal sealed class AclList(AclRules list, AclBlock[] blocks)
{
    /// <summary>The rules of both directions.</summary>
    internal AclRules Rules { get; } = list;

    /// <summary>The verdict of the first rule that matches the packet, or the default's. Allocates nothing.</summary>
    internal AclVerdict Judge(in FirstPacket packet)
    {
        foreach (AclBlock block in blocks)
        {
            int rule = block.Find(packet);
            if (rule >= 0) return Rules.VerdictOf(rule);
        }

        return Rules.Default;
    }
}

/// <summary>The verdicts of a peering's rules. Their numbers in the policy follow one another, the default's is the last.</summary>
/// <param name="verdicts">By the rule's place in the list; the default's behind them.</param>
internal sealed class AclRules(AclVerdict[] verdicts)
{
    /// <summary>What holds where no rule matches.</summary>
    internal AclVerdict Default => verdicts[^1];

    internal AclVerdict VerdictOf(int rule) => verdicts[rule];

    /// <summary>Whether the policy's rule of that number is one of these and keeps its flows.</summary>
    internal bool KeepsFlow(uint rule)
    {
        uint place = rule - verdicts[0].Rule;
        return place < (uint)verdicts.Length && verdicts[place].KeepsFlow;
    }
}
